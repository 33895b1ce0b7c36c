import { createHash } from 'node:crypto';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { beginPasskeyEnrolment } from '../../../src/domain/passkeys/begin-passkey-enrolment.js';
import { beginPasskeySignIn } from '../../../src/domain/passkeys/begin-passkey-sign-in.js';
import { enrolPasskey } from '../../../src/domain/passkeys/enrol-passkey.js';
import { MAX_PASSKEYS } from '../../../src/domain/passkeys/passkey.js';
import { removePasskey } from '../../../src/domain/passkeys/remove-passkey.js';
import { renamePasskey } from '../../../src/domain/passkeys/rename-passkey.js';
import { signInByPasskey, type PasskeyAnswer } from '../../../src/domain/passkeys/sign-in-by-passkey.js';
import { userHandleOf } from '../../../src/domain/passkeys/user-handle.js';
import { createWebauthnCeremonies } from '../../../src/security/webauthn-ceremonies.js';
import { createAccountDeps, GOOD_PASSWORD, refusalOf } from '../../support/account-deps.js';
import {
  challengeOf,
  createSoftwarePasskey,
  type AnswerOptions,
  type SoftwarePasskey,
} from '../../support/software-authenticator.js';

function createDeps() {
  return {
    ...createAccountDeps(),
    ceremonies: createWebauthnCeremonies({ issuer: 'https://id.example.com', name: 'Latchkey' }),
    userHandleHash: (text: string) => createHash('sha256').update(text).digest(),
  };
}
type Deps = ReturnType<typeof createDeps>;

async function createJo(deps: Deps, email = 'jo@example.com') {
  return createAccount(deps, { email, password: GOOD_PASSWORD, profile: { locale: 'de' } });
}

async function enrol(
  deps: Deps,
  account: Awaited<ReturnType<typeof createJo>>,
  passkey: SoftwarePasskey,
  over: Partial<AnswerOptions> = {},
) {
  const options = await beginPasskeyEnrolment(deps, account, 'session');
  const answer = passkey.creation({ challenge: challengeOf(options), ...over });
  return enrolPasskey(deps, account, { answer, binding: 'session', fallbackName: 'Chrome, Linux' });
}

async function signIn(
  deps: Deps,
  passkey: SoftwarePasskey,
  over: Partial<AnswerOptions> = {},
  given: Partial<PasskeyAnswer> = {},
) {
  const options = await beginPasskeySignIn(deps, { binding: 'interaction' });
  const answer = passkey.assertion({ challenge: challengeOf(options), ...over });
  return signInByPasskey(deps, { answer, binding: 'interaction', address: '203.0.113.9', ...given });
}

async function createJoWithPasskey(over: Partial<AnswerOptions> = {}) {
  const deps = createDeps();
  const account = await createJo(deps);
  const passkey = createSoftwarePasskey();
  const stored = await enrol(deps, account, passkey, over);
  return { deps, account, passkey, stored };
}

const reasonsOf = (deps: Deps): unknown[] =>
  deps.audit.entries.flatMap(({ type, details }) => (type.endsWith('.failed') ? [details?.['reason']] : []));

describe('adding a passkey (WebAuthn Level 3 §7.1)', () => {
  test('asks for one that finds its user and verifies them, of an authenticator that has none yet', async () => {
    const { deps, account, stored } = await createJoWithPasskey();
    const options = await beginPasskeyEnrolment(deps, account, 'session');
    expect(options).toMatchObject({
      rp: { id: 'id.example.com', name: 'Latchkey' },
      user: {
        id: userHandleOf(deps.userHandleHash, account.id).toString('base64url'),
        name: 'jo@example.com',
      },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      excludeCredentials: [{ id: stored.credentialId.toString('base64url'), type: 'public-key' }],
    });
    expect(options['pubKeyCredParams']).toEqual([-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })));
    expect(JSON.stringify(options)).not.toContain(account.id);
  });

  test('names it after what keeps it, tells its owner and the audit log', async () => {
    const { deps, account, stored } = await createJoWithPasskey();
    expect(stored).toMatchObject({
      name: 'iCloud Keychain',
      userVerified: true,
      transports: ['internal', 'hybrid'],
    });
    expect(await deps.passkeys.listForAccount(account.id)).toEqual([stored]);
    expect(deps.mailOutbox.mails).toMatchObject([
      {
        kind: 'notice',
        to: 'jo@example.com',
        values: { notice: 'passkey_added', subject: 'iCloud Keychain' },
      },
    ]);
    expect(deps.audit.entries.at(-1)).toMatchObject({
      type: 'passkey.added',
      subject: { kind: 'user', id: account.id },
      details: { passkey: stored.id },
    });
    expect((await enrol(deps, account, createSoftwarePasskey())).name).toBe('iCloud Keychain 2');
  });

  test.each([
    ['of another page', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['of a page in a frame', { crossOrigin: true }],
    ['without verification of the user', { userVerified: false }],
    ['to another challenge', { challenge: 'AAAA' }],
    ['of the other ceremony', { type: 'webauthn.get' }],
  ])('refuses an answer %s', async (_, over) => {
    const deps = createDeps();
    const account = await createJo(deps);
    const refusal = await refusalOf(enrol(deps, account, createSoftwarePasskey(), over));
    expect(refusal.code).toBe('passkey_refused');
    expect(deps.passkeys.passkeys).toEqual([]);
  });

  test('takes an answer once, and only where it began', async () => {
    const deps = createDeps();
    const account = await createJo(deps);
    const options = await beginPasskeyEnrolment(deps, account, 'session');
    const answer = createSoftwarePasskey().creation({ challenge: challengeOf(options) });
    const post = (binding: string) => enrolPasskey(deps, account, { answer, binding, fallbackName: '' });
    expect((await refusalOf(post('other session'))).code).toBe('passkey_refused');
    await post('session');
    expect((await refusalOf(post('session'))).code).toBe('passkey_refused');
  });

  test('refuses a passkey of somebody else, and more than an account can have', async () => {
    const { deps, passkey } = await createJoWithPasskey();
    const other = await createJo(deps, 'mo@example.com');
    expect((await refusalOf(enrol(deps, other, passkey))).code).toBe('already_exists');
    for (let count = 0; count < MAX_PASSKEYS; count += 1) await enrol(deps, other, createSoftwarePasskey());
    expect((await refusalOf(enrol(deps, other, createSoftwarePasskey()))).code).toBe('passkey_limit_reached');
  });
});

describe('signing in by passkey (WebAuthn Level 3 §7.2)', () => {
  test('tells who it is, notes the use, and names no passkeys to strangers', async () => {
    const { deps, account, passkey, stored } = await createJoWithPasskey();
    expect(await beginPasskeySignIn(deps, { binding: 'interaction' })).not.toHaveProperty('allowCredentials');
    deps.clock.turn(60);
    const userHandle = userHandleOf(deps.userHandleHash, account.id).toString('base64url');
    expect((await signIn(deps, passkey, { userHandle, signCount: 3 })).id).toBe(account.id);
    expect(await deps.passkeys.listForAccount(account.id)).toEqual([
      { ...stored, signCount: 3, lastUsedAt: deps.clock.now() },
    ]);
    expect(deps.audit.entries.at(-1)).toMatchObject({
      type: 'sign_in.succeeded',
      subject: { kind: 'user', id: account.id },
      details: { method: 'passkey', passkey: stored.id },
    });
    expect(deps.loginThrottle.notes.at(-1)).toMatch(/^succeed passkey:\S+ 203\.0\.113\.9$/);
  });

  test.each([
    ['of another page', { origin: 'https://evil.example' }, 'wrong_answer'],
    ['for another relying party', { rpId: 'evil.example' }, 'wrong_answer'],
    ['of a page in a frame', { crossOrigin: true }, 'wrong_answer'],
    ['without verification of the user', { userVerified: false }, 'wrong_answer'],
    ['to another challenge', { challenge: 'AAAA' }, 'wrong_answer'],
    ['of the other ceremony', { type: 'webauthn.create' }, 'wrong_answer'],
    ['that takes it for somebody else’s', { userHandle: 'AAAA' }, 'other_account'],
  ])('refuses an answer %s', async (_, over, reason) => {
    const { deps, passkey } = await createJoWithPasskey();
    expect((await refusalOf(signIn(deps, passkey, over))).code).toBe('passkey_refused');
    expect(reasonsOf(deps)).toEqual([reason]);
    expect(deps.loginThrottle.notes.filter((note) => note.startsWith('succeed'))).toEqual([]);
  });

  test.each([
    ['not at all JSON', 'jo'],
    ['empty', ''],
    ['a list', '[]'],
    ['without a response', '{"id":"AAAA"}'],
    ['with an id that is none', '{"id":{"a":1},"response":{}}'],
    ['with an id that is too long', JSON.stringify({ id: 'A'.repeat(1400), response: {} })],
    ['huge', JSON.stringify({ id: 'AAAA', response: { clientDataJSON: 'A'.repeat(30_000) } })],
    ['deeply nested', '['.repeat(5_000) + ']'.repeat(5_000)],
  ])('refuses an answer that is %s, before anything is looked for', async (_, answer) => {
    const { deps, passkey } = await createJoWithPasskey();
    expect((await refusalOf(signIn(deps, passkey, {}, { answer }))).code).toBe('passkey_refused');
  });

  test('refuses a signature by another key', async () => {
    const { deps, passkey } = await createJoWithPasskey();
    const options = await beginPasskeySignIn(deps, { binding: 'interaction' });
    const forged = JSON.parse(
      createSoftwarePasskey().assertion({ challenge: challengeOf(options) }),
    ) as object;
    const id = passkey.credentialId.toString('base64url');
    const answer = JSON.stringify({ ...forged, id, rawId: id });
    expect((await refusalOf(signInByPasskey(deps, { answer, binding: 'interaction' }))).code).toBe(
      'passkey_refused',
    );
    expect(reasonsOf(deps)).toEqual(['wrong_answer']);
  });

  test('refuses an answer that comes twice, in another interaction, or too late', async () => {
    const { deps, passkey } = await createJoWithPasskey();
    const begin = async () => {
      const options = await beginPasskeySignIn(deps, { binding: 'interaction' });
      const answer = passkey.assertion({ challenge: challengeOf(options) });
      return (binding = 'interaction') => signInByPasskey(deps, { answer, binding });
    };
    const twice = await begin();
    const tries = await Promise.allSettled([twice(), twice(), twice()]);
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const elsewhere = await begin();
    await refusalOf(elsewhere('another interaction'));
    const late = await begin();
    deps.clock.turn(5 * 60);
    await refusalOf(late());
    expect(reasonsOf(deps)).toEqual(Array(4).fill('challenge_over'));
  });

  test('refuses a count that does not go up, as a second copy of the passkey has it', async () => {
    const { deps, account, passkey } = await createJoWithPasskey({ signCount: 1 });
    await signIn(deps, passkey, { signCount: 7 });
    for (const signCount of [7, 6, 0]) {
      expect((await refusalOf(signIn(deps, passkey, { signCount }))).code).toBe('passkey_refused');
    }
    expect(reasonsOf(deps)).toEqual(Array(3).fill('counter_went_back'));
    expect((await signIn(deps, passkey, { signCount: 8 })).id).toBe(account.id);
  });

  test('tells unknown, removed and disabled ones the same', async () => {
    const { deps, account, passkey } = await createJoWithPasskey();
    const unknown = await refusalOf(signIn(deps, createSoftwarePasskey()));
    await setAccountDisabled(deps, account.id, true);
    const disabled = await refusalOf(signIn(deps, passkey));
    expect(disabled).toEqual(unknown);
    expect(reasonsOf(deps)).toEqual(['unknown_passkey', 'disabled']);
  });

  test('takes only the account’s own as its second factor', async () => {
    const { deps, account, passkey } = await createJoWithPasskey();
    const other = await createJo(deps, 'mo@example.com');
    const others = createSoftwarePasskey();
    await enrol(deps, other, others);
    const accountId = account.id;
    expect((await refusalOf(signIn(deps, others, {}, { accountId }))).code).toBe('passkey_refused');
    expect(reasonsOf(deps)).toEqual(['other_account']);
    expect((await signIn(deps, passkey, {}, { accountId })).id).toBe(accountId);
  });

  test('counts tries before anything is compared', async () => {
    const { deps, passkey } = await createJoWithPasskey();
    deps.loginThrottle.wait = 61;
    expect((await refusalOf(signIn(deps, passkey))).code).toBe('too_many_attempts');
    expect(reasonsOf(deps)).toEqual([]);
  });
});

describe('removing a passkey (OWASP ASVS 5.0 V7.4.2)', () => {
  test('ends what was issued, and tells its owner and the audit log', async () => {
    const { deps, account, stored } = await createJoWithPasskey();
    await removePasskey(deps, { accountId: account.id, passkeyId: stored.id, keptSessionId: 'this' });
    expect(deps.passkeys.passkeys).toEqual([]);
    expect(deps.revoked).toHaveLength(1);
    expect(deps.mailOutbox.mails.at(-1)).toMatchObject({
      to: 'jo@example.com',
      locale: 'de',
      values: { notice: 'passkey_removed', subject: 'iCloud Keychain' },
    });
    expect(deps.audit.entries.at(-1)).toMatchObject({
      type: 'passkey.removed',
      subject: { kind: 'user', id: account.id },
      details: { passkey: stored.id },
    });
  });

  test('is refused for one of somebody else', async () => {
    const { deps, stored } = await createJoWithPasskey();
    const other = await createJo(deps, 'mo@example.com');
    const removal = removePasskey(deps, { accountId: other.id, passkeyId: stored.id });
    expect((await refusalOf(removal)).code).toBe('not_found');
    expect(deps.passkeys.passkeys).toHaveLength(1);
    expect(deps.revoked).toEqual([]);
  });
});

describe('the name of a passkey', () => {
  test.each([
    ['', false],
    ['  ', false],
    ['a'.repeat(61), false],
    ['two\nlines', false],
    ['turned \u202E around', false],
    ['  Büro 🔑 ', true],
  ])('%j: taken %s', async (name, isTaken) => {
    const { deps, account, stored } = await createJoWithPasskey();
    const renaming = renamePasskey(deps, { accountId: account.id, passkeyId: stored.id, name });
    if (isTaken) await renaming;
    else expect((await refusalOf(renaming)).faults).toMatchObject([{ field: 'name', code: 'name_invalid' }]);
    const [passkey] = await deps.passkeys.listForAccount(account.id);
    expect(passkey?.name).toBe(isTaken ? name.trim() : 'iCloud Keychain');
  });
});
