import type { Account } from '../../../src/domain/accounts/account.js';
import { authenticateEndUser } from '../../../src/domain/accounts/authenticate-end-user.js';
import { TooManyAttemptsError } from '../../../src/domain/accounts/login-throttle.js';
import { accountWith } from '../../storage/conformance/account-store.js';
import { createAccountDeps, GOOD_PASSWORD, refusalOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
let ada: Account;
beforeEach(async () => {
  deps = createAccountDeps();
  ada = await insert({ email: 'ada@example.com', username: 'ada' });
});

async function insert(
  changes: Partial<Account>,
  passwordHash: string | undefined = `$fake$${GOOD_PASSWORD}`,
) {
  const account = accountWith(changes);
  await deps.accounts.insert({ account, passwordHash });
  return account;
}

const signIn = (username: string, password = GOOD_PASSWORD, address = '192.0.2.1') =>
  authenticateEndUser(deps, { username, password, address });

describe('authenticateEndUser', () => {
  test.each(['ada@example.com', 'ADA@Example.com', 'ada', ' Ada '])(
    'knows %j by the password',
    async (username) => {
      expect(await signIn(username)).toEqual(ada);
      expect(deps.passwordHasher.asked).toEqual(['verify']);
      expect(deps.loginThrottle.notes).toEqual([
        `count account:${ada.id} 192.0.2.1`,
        `succeed account:${ada.id} 192.0.2.1`,
      ]);
    },
  );

  test('takes a password in any Unicode form', async () => {
    await insert({ email: 'zoe@example.com' }, '$fake$Zo\u00eb feeds otters');
    expect(await signIn('zoe@example.com', 'Zoe\u0308 feeds otters')).toMatchObject({
      email: 'zoe@example.com',
    });
  });

  test('refuses unknown, wrong, disabled and without a password alike, after the same work (OWASP ASVS V6.3.8)', async () => {
    await insert({ email: 'disabled@example.com', disabled: true });
    const passwordless = accountWith({ email: 'passwordless@example.com' });
    await deps.accounts.insert({ account: passwordless, passwordHash: undefined });
    const tries: [string, string][] = [
      ['nobody@example.com', GOOD_PASSWORD],
      ['ada', 'wrong'],
      ['ada', ''],
      ['ada', 'x'.repeat(100_000)],
      ['disabled@example.com', GOOD_PASSWORD],
      ['disabled@example.com', 'wrong'],
      ['passwordless@example.com', GOOD_PASSWORD],
      ['passwordless@example.com', ''],
      ['', ''],
      ['ada\0', GOOD_PASSWORD],
      ['a'.repeat(100_000), GOOD_PASSWORD],
    ];
    const refusals = [];
    for (const [username, password] of tries) {
      const before = [deps.passwordHasher.asked.length, deps.loginThrottle.notes.length];
      refusals.push(await refusalOf(signIn(username, password)));
      expect(deps.passwordHasher.asked.length - (before[0] ?? 0)).toBe(1);
      expect(deps.loginThrottle.notes.length - (before[1] ?? 0)).toBe(1);
    }
    for (const { code, message, faults } of refusals) {
      expect({ code, message, faults }).toEqual({
        code: 'invalid_credentials',
        message: refusals[0]?.message,
        faults: [],
      });
    }
  });

  test('counts an account by whatever name, and a name that is no account in its compared form', async () => {
    await refusalOf(signIn('ada', 'wrong'));
    await refusalOf(signIn('ADA@EXAMPLE.COM', 'wrong'));
    await refusalOf(signIn('Nobody', 'wrong', '2001:db8::1'));
    await refusalOf(authenticateEndUser(deps, { username: 'NOBODY', password: 'wrong' }));
    expect(deps.loginThrottle.notes).toEqual([
      `count account:${ada.id} 192.0.2.1`,
      `count account:${ada.id} 192.0.2.1`,
      'count login:nobody 2001:db8:0:0::/64',
      'count login:nobody -',
    ]);
  });

  test.each(['ada', 'nobody'])(
    'refuses %j before anything is compared when there were too many tries',
    async (name) => {
      deps.loginThrottle.wait = 240;
      const refusal = await refusalOf(signIn(name));
      expect(refusal).toBeInstanceOf(TooManyAttemptsError);
      expect(refusal).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 240 });
      expect(deps.passwordHasher.asked).toEqual([]);
    },
  );

  test('gives the try back when the hasher has too much to do', async () => {
    deps.passwordHasher.overloaded = 'verify';
    await expect(signIn('ada')).rejects.toMatchObject({ code: 'overloaded' });
    expect(deps.loginThrottle.notes.at(-1)).toBe(`give back account:${ada.id} 192.0.2.1`);
  });

  describe('tells the audit log (S74)', () => {
    const told = () => deps.audit.entries;

    test('of a sign-in, once', async () => {
      await signIn('ada');
      const user = { kind: 'user', id: ada.id };
      expect(told()).toEqual([
        {
          type: 'sign_in.succeeded',
          actor: user,
          subject: user,
          clientId: undefined,
          details: { method: 'password' },
        },
      ]);
    });

    test('of a refusal, once, whatever its reason (S33)', async () => {
      const barred = await insert({ email: 'barred@example.com', disabled: true });
      for (const name of ['ada', 'barred@example.com', 'nobody', 'x'.repeat(1_000)]) {
        await refusalOf(signIn(name, name === 'ada' ? 'wrong' : GOOD_PASSWORD));
      }
      expect(told().map(({ subject, details }) => [subject?.id, details?.['reason']])).toEqual([
        [ada.id, 'wrong_password'],
        [barred.id, 'disabled'],
        [undefined, 'unknown_login'],
        [undefined, 'unknown_login'],
      ]);
    });

    test('of nothing when no password was compared', async () => {
      deps.passwordHasher.overloaded = 'verify';
      await refusalOf(signIn('ada'));
      deps.loginThrottle.wait = 30;
      await refusalOf(signIn('ada'));
      expect(told()).toEqual([]);
    });
  });

  describe('with a hash of weaker parameters', () => {
    beforeEach(() => deps.accounts.setPasswordHash(ada.id, `$weak$${GOOD_PASSWORD}`));
    const storedHash = async () => (await deps.accounts.findByLogin('ada'))?.passwordHash;

    test('renews it at sign-in (OWASP ASVS V11.4.2)', async () => {
      await signIn('ada');
      expect(await storedHash()).toBe(`$fake$${GOOD_PASSWORD}`);
    });

    test('does not renew it for a wrong password', async () => {
      await refusalOf(signIn('ada', 'wrong'));
      expect(await storedHash()).toBe(`$weak$${GOOD_PASSWORD}`);
    });

    test('signs in although it cannot be renewed just now', async () => {
      deps.passwordHasher.overloaded = 'hash';
      expect(await signIn('ada')).toEqual(ada);
      expect(await storedHash()).toBe(`$weak$${GOOD_PASSWORD}`);
    });

    test('does not undo a change of password meanwhile', async () => {
      const hash = deps.passwordHasher.hash.bind(deps.passwordHasher);
      deps.passwordHasher.hash = async (password) => {
        await deps.accounts.setPasswordHash(ada.id, '$fake$a newer one');
        return hash(password);
      };
      await signIn('ada');
      expect(await storedHash()).toBe('$fake$a newer one');
    });
  });
});
