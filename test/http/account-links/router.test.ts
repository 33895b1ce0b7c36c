import { requestEmailChange } from '../../../src/domain/account-links/request-email-change.js';
import { issueAccountLink } from '../../../src/domain/account-links/issue-account-link.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import type { UnitsOfWork } from '../../../src/domain/unit-of-work.js';
import { createSignedInReader } from '../../../src/http/account/signed-in-reader.js';
import { createAccountLinkRouter } from '../../../src/http/account-links/router.js';
import { createCsrf } from '../../../src/http/middlewares/csrf.js';
import { errorHandler } from '../../../src/http/middlewares/error-handler.js';
import { createWayOnCookie } from '../../../src/http/sign-up/way-on-cookie.js';
import { createSignInTicketCookie } from '../../../src/http/sign-in-ticket-cookie.js';
import { createKeyedHash } from '../../../src/security/derive-key.js';
import { returnAddress } from '../../support/account-app.js';
import { createAccountDeps, GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';
import { storesOf } from '../../support/stores-of.js';
import {
  BROWSER,
  createRecordingLogger,
  formRequest,
  testPages,
  useHttpApps,
  type HttpApp,
} from '../../support/http-app.js';

const ISSUER = 'https://id.example.com';
const serve = useHttpApps();

let deps: ReturnType<typeof createAccountDeps>;
let logger: ReturnType<typeof createRecordingLogger>;
let app: HttpApp;
let ada: Account;
/** Who is signed in with the browser. */
let signedInId: string | undefined;

beforeEach(async () => {
  deps = createAccountDeps();
  logger = createRecordingLogger();
  const stores = storesOf(deps);
  const unitsOfWork: UnitsOfWork = {
    from: () => ({ run: (work) => deps.unitOfWork.run(() => work(stores)) }),
  };
  signedInId = undefined;
  const router = createAccountLinkRouter({
    signedIn: createSignedInReader({
      issuer: ISSUER,
      currentSession: () =>
        Promise.resolve(
          signedInId === undefined
            ? undefined
            : {
                accountId: signedInId,
                id: 'session',
                signedInAt: deps.clock.now(),
                amr: ['pwd'],
                acr: undefined,
                outlived: false,
              },
        ),
      accounts: deps.accounts,
      secondFactorSince: () => Promise.resolve(undefined),
      returnAddress,
      clock: deps.clock,
    }),
    accountLinking: deps,
    verifiedEmail: { required: false, hasMail: true, requests: deps, wayOn: createWayOnCookie(false) },
    unitsOfWork,
    clientDirectory: { find: () => Promise.resolve(undefined) },
    signInTicketCookie: createSignInTicketCookie(true),
    issuer: ISSUER,
    pages: testPages,
    csrf: createCsrf(createKeyedHash(Buffer.alloc(32, 7)), ISSUER),
    logger,
  });
  app = await serve(errorHandler(testPages, logger), router);
  ada = await createAccount(deps, { email: 'ada@example.com', password: GOOD_PASSWORD });
});

async function issuePath(purpose: 'password_reset' | 'email_verification'): Promise<string> {
  const { url } = await issueAccountLink(deps, purpose, ada.id);
  return url.slice(ISSUER.length);
}

const open = (path: string) => app.ask(path, { headers: BROWSER });

async function csrfOf(path: string): Promise<string> {
  return /name="csrf" value="([^"]+)"/.exec((await open(path)).body)?.[1] ?? '';
}

const post = (path: string, fields: Readonly<Record<string, string>>, headers = {}) =>
  app.ask(path, formRequest(fields, { ...BROWSER, origin: ISSUER, ...headers }));

const hash = async () => (await deps.accounts.findByLogin('ada@example.com'))?.passwordHash;

describe('/reset-password', () => {
  test('asks for a password, sets it once, and signs nobody in (OWASP ASVS V6.4.3)', async () => {
    const path = await issuePath('password_reset');
    const page = await open(path);
    expect(page.status).toBe(200);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).toContain(`action="${path}"`);
    expect(page.body).toContain('value="ada@example.com"');
    const fields = { csrf: await csrfOf(path), password: OTHER_PASSWORD };
    const done = await post(path, fields);
    expect([done.status, done.headers['set-cookie'], done.headers.location]).toEqual([
      200,
      undefined,
      undefined,
    ]);
    expect(done.body).toContain('Your password is changed');
    expect(await hash()).toBe(`$fake$${OTHER_PASSWORD}`);
    expect(deps.revoked).toEqual([ada.id]);
    expect((await post(path, fields)).status).toBe(404);
  });

  test('shows what is wrong with a password, never the password, and keeps the link', async () => {
    const path = await issuePath('password_reset');
    const csrf = await csrfOf(path);
    const refused = await post(path, { csrf, password: 'too-short' });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('Choose a password of at least 15 characters.');
    expect(refused.body).not.toContain('too-short');
    expect((await post(path, { csrf })).status).toBe(422);
    expect((await post(path, { csrf, password: OTHER_PASSWORD })).status).toBe(200);
  });

  test('lets one of several at once change the password', async () => {
    const path = await issuePath('password_reset');
    const csrf = await csrfOf(path);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((number) => post(path, { csrf, password: `${OTHER_PASSWORD} ${number}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
  });

  test('answers 503 when there is too much to hash, and keeps the link', async () => {
    const path = await issuePath('password_reset');
    const fields = { csrf: await csrfOf(path), password: OTHER_PASSWORD };
    deps.passwordHasher.overloaded = 'hash';
    expect((await post(path, fields)).status).toBe(503);
    deps.passwordHasher.overloaded = 'never';
    expect((await post(path, fields)).status).toBe(200);
  });
});

describe('/verify-email', () => {
  test('verifies by the button alone, once', async () => {
    const path = await issuePath('email_verification');
    const page = await open(path);
    expect([page.status, page.body.includes('ada@example.com')]).toEqual([200, true]);
    await app.ask(path, { method: 'HEAD', headers: BROWSER });
    expect((await deps.accounts.findById(ada.id))?.emailVerified).toBe(false);
    const csrf = await csrfOf(path);
    const done = await post(path, { csrf });
    expect([done.status, done.headers['set-cookie']]).toEqual([200, undefined]);
    expect((await deps.accounts.findById(ada.id))?.emailVerified).toBe(true);
    expect((await post(path, { csrf })).status).toBe(404);
  });
});

describe('/change-email', () => {
  let path: string;
  beforeEach(async () => {
    await requestEmailChange(deps, { accountId: ada.id, email: 'lovelace@example.com' });
    const { link } = deps.mailOutbox.mails.at(-1)?.values as { readonly link: string };
    path = link.slice(ISSUER.length);
  });
  const emailNow = async () => (await deps.accounts.findById(ada.id))?.email;

  test('changes the address by the button, for its owner who is signed in', async () => {
    signedInId = ada.id;
    expect((await open(path)).body).toContain('lovelace@example.com');
    expect(await emailNow()).toBe('ada@example.com');
    const csrf = await csrfOf(path);
    expect((await post(path, { csrf })).status).toBe(200);
    expect(await emailNow()).toBe('lovelace@example.com');
    expect((await post(path, { csrf })).status).toBe(404);
  });

  test('has everybody else sign in with the account first, and comes back: nobody gives a stranger their address', async () => {
    signedInId = ada.id;
    const csrf = await csrfOf(path);
    const mallory = await createAccount(deps, { email: 'mallory@example.com', password: GOOD_PASSWORD });
    for (const [who, prompt] of [
      [undefined, null],
      [mallory.id, 'select_account'],
    ] as const) {
      signedInId = who;
      for (const answer of [await open(path), await post(path, { csrf })]) {
        const { searchParams } = new URL(answer.headers.location ?? '', ISSUER);
        expect([answer.status, searchParams.get('prompt')]).toEqual([303, prompt]);
        expect(returnAddress.fromState(searchParams.get('state') ?? undefined)).toBe(path);
      }
    }
    expect(await emailNow()).toBe('ada@example.com');
  });
});

describe.each(['password_reset', 'email_verification'] as const)('the page of a link for %s', (purpose) => {
  const fields = { password: OTHER_PASSWORD };

  test('is the same for a link that is unknown, cut off, used, replaced, expired, or of a disabled user', async () => {
    const bodies = new Set<string>();
    const look = async (path: string): Promise<void> => {
      const { status, body } = await open(path);
      expect(status).toBe(404);
      bodies.add(body);
    };
    const replaced = await issuePath(purpose);
    const used = await issuePath(purpose);
    await post(used, { csrf: await csrfOf(used), ...fields });
    const base = used.slice(0, used.lastIndexOf('/'));
    for (const path of [base, `${base}/`, `${base}/unknown`, `${base}/%00`, replaced, used]) {
      await look(path);
    }
    const expired = await issuePath(purpose);
    deps.clock.turn(24 * 60 * 60);
    await look(expired);
    const dead = await issuePath(purpose);
    await setAccountDisabled(deps, ada.id, true);
    await look(dead);
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toContain('Ask for a new link');
  });

  test('takes no form from elsewhere, nor with the token of another link, and keeps the link (OWASP ASVS V3.5)', async () => {
    const path = await issuePath(purpose);
    const csrf = await csrfOf(path);
    const wrong = csrf.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    const foreign = { origin: 'https://evil.example' };
    const answers = [
      await post(path, fields),
      await post(path, { csrf: wrong, ...fields }),
      await post(path, { csrf, ...fields }, foreign),
      await post(path, { csrf, ...fields }, { 'sec-fetch-site': 'cross-site' }),
      await post(path, { csrf, ...fields }, { origin: 'null' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    const later = await issuePath(purpose);
    expect((await post(later, { csrf, ...fields })).status).toBe(403);
    expect((await post(later, { csrf: await csrfOf(later), ...fields })).status).toBe(200);
  });

  test('leaves neither token nor password in the log', async () => {
    const path = await issuePath(purpose);
    await post(path, { csrf: await csrfOf(path), ...fields });
    const written = JSON.stringify(logger.lines);
    expect(written).toContain(ada.id);
    expect(written).not.toContain(path.slice(path.lastIndexOf('/') + 1));
    expect(written).not.toContain(OTHER_PASSWORD);
  });
});
