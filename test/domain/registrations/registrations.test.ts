import { createAccount } from '../../../src/domain/accounts/create-account.js';
import {
  confirmRegistrationByCode,
  confirmRegistrationByLink,
  findRegistration,
} from '../../../src/domain/registrations/confirm-registration.js';
import {
  requestRegistration,
  resendRegistration,
  type RegistrationRequest,
} from '../../../src/domain/registrations/request-registration.js';
import {
  createAccountDeps,
  faultsOf,
  GOOD_PASSWORD,
  OTHER_PASSWORD,
  refusalOf,
} from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

const REQUEST: RegistrationRequest = {
  email: 'Jo@Example.org',
  password: GOOD_PASSWORD,
  givenName: 'Jo',
  locale: 'de',
  interaction: 'one',
  address: '203.0.113.7',
};

const register = (other: Partial<RegistrationRequest> = {}) =>
  requestRegistration(deps, { ...REQUEST, ...other });

function lastMail() {
  const mail = deps.mailOutbox.mails.at(-1);
  const values = mail?.values as { readonly link?: string; readonly code?: string };
  return { mail, code: values.code ?? '', token: values.link?.split('/').at(-1) ?? '' };
}

describe('a registration', () => {
  test('becomes a verified account by the code, once', async () => {
    const browserToken = await register();
    const { mail, code } = lastMail();
    expect(mail).toMatchObject({ kind: 'registration', to: 'Jo@Example.org', locale: 'de' });
    expect(code).toMatch(/^[2-9B-Z]{4}-[2-9B-Z]{4}$/);
    const typed = ` ${code.toLowerCase().replace('-', ' ')} `;
    const account = await confirmRegistrationByCode(deps, { browserToken, code: typed });
    expect(account).toMatchObject({
      email: 'Jo@Example.org',
      emailVerified: true,
      roles: [],
      profile: { givenName: 'Jo', locale: 'de' },
    });
    expect((await deps.accounts.findByLogin('jo@example.org'))?.passwordHash).toBe(`$fake$${GOOD_PASSWORD}`);
    const again = confirmRegistrationByCode(deps, { browserToken, code });
    expect((await refusalOf(again)).code).toBe('registration_code_invalid');
    expect(deps.audit.entries.map(({ type }) => type)).toEqual([
      'registration.requested',
      'user.created',
      'registration.failed',
    ]);
  });

  test('keeps neither address, password, code nor token readable (S6)', async () => {
    const browserToken = await register();
    const { code, token } = lastMail();
    const [stored] = deps.registrations.registrations;
    const hashes = [stored?.emailHash, stored?.browserHash, stored?.tokenHash, stored?.codeHash];
    for (const secret of [code, code.replace('-', ''), token, browserToken, 'jo@example.org']) {
      for (const hash of hashes) expect(hash?.toString('latin1')).not.toContain(secret);
    }
  });

  test('takes the code only in its own browser', async () => {
    await register();
    const { code } = lastMail();
    for (const browserToken of [undefined, 'another']) {
      const refusal = await refusalOf(confirmRegistrationByCode(deps, { browserToken, code }));
      expect(refusal.code).toBe('registration_code_invalid');
    }
  });

  test('counts tries before it compares, by address and not by mail (S31)', async () => {
    const browserToken = await register();
    deps.loginThrottle.notes.length = 0;
    await refusalOf(confirmRegistrationByCode(deps, { browserToken, code: 'WRONG', address: '203.0.113.7' }));
    await resendRegistration(deps, browserToken, '203.0.113.7');
    await refusalOf(confirmRegistrationByCode(deps, { browserToken, code: 'WRONG', address: '203.0.113.7' }));
    const [first, mail, second] = deps.loginThrottle.notes;
    expect(first).toMatch(/^count registration:jo@example\.org /);
    expect(second).toBe(first);
    expect(mail).toMatch(/^count registration mail:jo@example\.org /);
    deps.loginThrottle.wait = 30;
    const { code } = lastMail();
    const refusal = await refusalOf(confirmRegistrationByCode(deps, { browserToken, code }));
    expect(refusal.code).toBe('too_many_attempts');
    expect(deps.accounts.records.size).toBe(0);
  });

  test('becomes an account by the link in its own browser', async () => {
    const browserToken = await register();
    const { token } = lastMail();
    expect((await findRegistration(deps, token, browserToken)).isOwnBrowser).toBe(true);
    const { email } = await confirmRegistrationByLink(deps, { token, browserToken });
    expect(email).toBe('Jo@Example.org');
    const again = confirmRegistrationByLink(deps, { token, browserToken });
    expect((await refusalOf(again)).code).toBe('account_link_invalid');
  });

  test('asks for the password in any other browser, so that opening a link helps no stranger', async () => {
    await register();
    const { token } = lastMail();
    for (const password of [undefined, '', OTHER_PASSWORD, 'x'.repeat(5000)]) {
      const work = confirmRegistrationByLink(deps, { token, browserToken: undefined, password });
      expect((await refusalOf(work)).code).toBe('invalid_credentials');
    }
    expect(deps.accounts.records.size).toBe(0);
    await confirmRegistrationByLink(deps, { token, browserToken: 'another', password: GOOD_PASSWORD });
    expect(deps.accounts.records.size).toBe(1);
  });

  test('ends after 24 hours, and by another one of the same address', async () => {
    const first = await register();
    const { code, token } = lastMail();
    await register({ email: 'jo@EXAMPLE.org' });
    expect(deps.registrations.registrations).toHaveLength(1);
    expect((await refusalOf(confirmRegistrationByCode(deps, { browserToken: first, code }))).code).toBe(
      'registration_code_invalid',
    );
    expect((await refusalOf(findRegistration(deps, token, first))).code).toBe('account_link_invalid');
    const later = lastMail();
    deps.clock.turn(24 * 60 * 60);
    expect((await refusalOf(findRegistration(deps, later.token, undefined))).code).toBe(
      'account_link_invalid',
    );
    expect(await deps.registrations.purge(deps.clock.now())).toBe(1);
  });

  test('gets another code when its mail is sent again, and the one before ends', async () => {
    const browserToken = await register();
    const { code } = lastMail();
    await resendRegistration(deps, browserToken, undefined);
    expect((await refusalOf(confirmRegistrationByCode(deps, { browserToken, code }))).code).toBe(
      'registration_code_invalid',
    );
    await confirmRegistrationByCode(deps, { browserToken, code: lastMail().code });
    await resendRegistration(deps, 'unknown', undefined);
    expect(deps.mailOutbox.mails).toHaveLength(2);
  });

  test('makes one account of 20 codes at once', async () => {
    const browserToken = await register();
    const { code } = lastMail();
    const tries = Array.from({ length: 20 }, () => confirmRegistrationByCode(deps, { browserToken, code }));
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(deps.accounts.records.size).toBe(1);
  });
});

describe('an address that has an account (S33)', () => {
  beforeEach(async () => {
    await createAccount(deps, {
      email: 'jo@example.org',
      password: OTHER_PASSWORD,
      profile: { locale: 'fr' },
    });
    deps.passwordHasher.asked.length = 0;
    deps.audit.entries.length = 0;
  });

  test('is answered alike after the same work; its owner gets a word', async () => {
    await register();
    const known = [...deps.passwordHasher.asked];
    const mail = lastMail().mail;
    expect(mail).toMatchObject({ kind: 'registration-existing', to: 'jo@example.org', locale: 'fr' });
    expect(JSON.stringify(mail)).not.toContain('sign-up/confirm');
    deps.passwordHasher.asked.length = 0;
    await register({ email: 'new@example.org' });
    expect([...deps.passwordHasher.asked]).toEqual(known);
    expect(deps.registrations.registrations).toHaveLength(2);
    expect(deps.mailOutbox.mails).toHaveLength(2);
    expect(deps.audit.entries.map(({ type }) => type)).toEqual([
      'registration.requested',
      'registration.requested',
    ]);
  });

  test('is not told either where it got its account while the registration waited', async () => {
    const browserToken = await register({ email: 'new@example.org' });
    const { code, token } = lastMail();
    await createAccount(deps, { email: 'new@example.org', password: OTHER_PASSWORD });
    expect((await refusalOf(confirmRegistrationByCode(deps, { browserToken, code }))).code).toBe(
      'registration_code_invalid',
    );
    expect((await refusalOf(confirmRegistrationByLink(deps, { token, browserToken }))).code).toBe(
      'account_link_invalid',
    );
  });
});

describe('bad input', () => {
  test.each([
    ['jo@example.org\r\nBcc: all@example.org', ['email: email_invalid']],
    [`${'a'.repeat(1000)}@example.org`, ['email: too_long']],
    ['jo@example.org\u202E', ['email: email_invalid']],
    ['jo＠evil@example.org', ['email: email_invalid']],
    ['', ['email: required']],
  ])('%j sends no mail', async (email, faults) => {
    expect(await faultsOf(register({ email }))).toEqual(faults);
    expect(deps.mailOutbox.mails).toEqual([]);
  });

  test('names and passwords are checked with the address, all at once', async () => {
    const work = register({
      email: 'jo',
      givenName: 'J\u0000',
      familyName: 'x'.repeat(1000),
      password: 'short',
    });
    expect(await faultsOf(work)).toEqual([
      'email: email_invalid',
      'password: password_too_short',
      'given_name: given_name_invalid',
      'family_name: family_name_invalid',
    ]);
  });

  test.each([
    ['jo@example.org', true],
    ['jo@EXAMPLE.org', true],
    ['jo@a.b.example.com', true],
    ['jo@example.com', false],
    ['jo@notexample.org', false],
    ['jo@example.org.evil.test', false],
  ])('%s of the domains that are allowed: %s', async (email, isAllowed) => {
    deps = { ...deps, emailDomains: ['example.org', '*.example.com'] };
    if (isAllowed) await register({ email });
    else expect(await faultsOf(register({ email }))).toEqual(['email: email_domain']);
  });

  test('mails to one address are counted before anything else is done', async () => {
    deps.loginThrottle.wait = 60;
    expect((await refusalOf(register())).code).toBe('too_many_attempts');
    expect(deps.passwordHasher.asked).toEqual([]);
    expect(deps.mailOutbox.mails).toEqual([]);
  });
});
