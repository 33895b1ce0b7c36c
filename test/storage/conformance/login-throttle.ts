import { inspect } from 'node:util';
import { authenticateEndUser } from '../../../src/domain/accounts/authenticate-end-user.js';
import type { LoginAttempt, LoginThrottle } from '../../../src/domain/accounts/login-throttle.js';
import { DomainError } from '../../../src/domain/errors.js';
import { createAccountDeps, createFakeHasher, createTestClock } from '../../support/account-deps.js';
import { createInMemoryAccountStore } from '../../support/in-memory-account-store.js';
import { accountWith } from './account-store.js';

const MINUTE = 60;

/**
 * What every login throttle must do.
 * @param open gives the throttle, with limits of 10 and 100, which has counted nothing yet
 */
export function describeLoginThrottle(open: () => Promise<LoginThrottle>): void {
  let throttle: LoginThrottle;
  let clock: ReturnType<typeof createTestClock>;

  beforeEach(async () => {
    clock = createTestClock();
    throttle = await open();
  });

  const attempt = (subject = 'account:1', network?: string): LoginAttempt => ({
    subject,
    network,
    at: clock.now(),
  });

  /** Tries so often, one after the other. @returns what each try was answered */
  async function tries(count: number, ...what: Parameters<typeof attempt>): Promise<(number | undefined)[]> {
    const waits = [];
    for (let index = 0; index < count; index += 1) waits.push(await throttle.count(attempt(...what)));
    return waits;
  }

  /** Uses a window up, and a try more. @returns the seconds that this one must wait */
  async function useUp(): Promise<number | undefined> {
    return (await tries(11)).at(-1);
  }

  test('allows 10 tries at one account within 5 minutes', async () => {
    expect(await tries(12)).toEqual([...Array<undefined>(10).fill(undefined), 300, 300]);
    clock.turn(MINUTE);
    expect(await throttle.count(attempt())).toBe(240);
    expect(await throttle.count(attempt('account:2'))).toBeUndefined();
    clock.turn(4 * MINUTE);
    expect(await throttle.count(attempt())).toBeUndefined();
  });

  test('backs off softly to 15 minutes, and forgets (OWASP ASVS V6.1.1)', async () => {
    expect(await useUp()).toBe(5 * MINUTE);
    clock.turn(5 * MINUTE);
    expect(await useUp()).toBe(10 * MINUTE);
    clock.turn(10 * MINUTE);
    expect(await useUp()).toBe(15 * MINUTE);
    clock.turn(15 * MINUTE);
    expect(await useUp()).toBe(15 * MINUTE);
    clock.turn(15 * MINUTE + 15 * MINUTE);
    expect(await useUp()).toBe(5 * MINUTE);
  });

  test('does not wait longer because of tries that were refused', async () => {
    await tries(100);
    clock.turn(5 * MINUTE);
    expect(await throttle.count(attempt())).toBeUndefined();
  });

  test('a window that was not used up does not make the next one longer', async () => {
    await tries(10);
    clock.turn(5 * MINUTE);
    expect(await useUp()).toBe(5 * MINUTE);
  });

  test('allows 100 tries from one network, whoever they are about', async () => {
    for (let index = 0; index < 100; index += 1) {
      expect(await throttle.count(attempt(`account:${index}`, '192.0.2.1'))).toBeUndefined();
    }
    expect(await throttle.count(attempt('account:new', '192.0.2.1'))).toBe(300);
    expect(await throttle.count(attempt('account:new', '192.0.2.2'))).toBeUndefined();
  });

  test('200 tries at once pass no more than the limit (CVE-2024-4629)', async () => {
    const waits = await Promise.all(
      Array.from({ length: 200 }, (_, index) => throttle.count(attempt('account:1', `192.0.2.${index % 7}`))),
    );
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(10);
  });

  test('200 simultaneous guesses at a password test no more than the limit (CVE-2025-64102)', async () => {
    const accounts = createInMemoryAccountStore();
    const passwordHasher = createFakeHasher();
    const account = accountWith({ email: 'ada@example.com', username: 'ada' });
    await accounts.insert({ account, passwordHash: '$fake$the password itself' });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        authenticateEndUser(
          { ...createAccountDeps(), accounts, passwordHasher, loginThrottle: throttle, clock },
          {
            username: index % 2 ? 'ada' : 'ADA@example.com',
            password: `guess ${index}`,
            address: `192.0.2.${index}`,
          },
        ),
      ),
    );
    expect(passwordHasher.asked).toHaveLength(10);
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? codeOf(outcome.reason) : 'in'));
    // The refusals are awaited whole, so that a failure shows what came in the place of one, and why.
    expect(codes.toSorted()).toEqual([
      ...Array<string>(10).fill('invalid_credentials'),
      ...Array<string>(190).fill('too_many_attempts'),
    ]);
  });

  test('success starts the count of the account anew and gives the network its try back', async () => {
    await tries(9, 'account:1', '192.0.2.1');
    const last = attempt('account:1', '192.0.2.1');
    await throttle.count(last);
    await throttle.succeed(last);
    expect(await tries(10, 'account:1', '192.0.2.9')).toEqual(Array(10).fill(undefined));
    for (let index = 0; index < 91; index += 1) {
      expect(await throttle.count(attempt(`account:new ${index}`, '192.0.2.1'))).toBeUndefined();
    }
    expect(await throttle.count(attempt('account:new', '192.0.2.1'))).toBe(300);
  });

  test('strangers cannot lock somebody out of a network where they signed in before', async () => {
    const home = () => attempt('account:1', '192.0.2.1');
    await throttle.count(home());
    await throttle.succeed(home());
    await tries(50, 'account:1', '198.51.100.7');
    expect(await throttle.count(attempt('account:1', '203.0.113.5'))).toBe(300);
    expect(await throttle.count(home())).toBeUndefined();
    // The network has a count of its own, which is as short.
    expect(await tries(10, 'account:1', '192.0.2.1')).toEqual([...Array<undefined>(9).fill(undefined), 300]);
    clock.turn(31 * 24 * 60 * MINUTE);
    await tries(50, 'account:1', '198.51.100.7');
    expect(await throttle.count(home())).toBe(300);
  });

  test('a try that could not be made is given back', async () => {
    for (let index = 0; index < 30; index += 1) {
      const overloaded = attempt('account:1', '192.0.2.1');
      expect(await throttle.count(overloaded)).toBeUndefined();
      await throttle.giveBack(overloaded);
    }
    expect(await throttle.count(attempt('account:1', '192.0.2.1'))).toBeUndefined();
  });

  test('counts and successes at once do not deadlock', async () => {
    const networks = ['192.0.2.1', '192.0.2.2'];
    const work = Array.from({ length: 100 }, async (_, index) => {
      const one = attempt(`account:${index % 3}`, networks[index % 2]);
      await throttle.count(one);
      await (index % 5 === 0 ? throttle.giveBack(one) : throttle.succeed(one));
    });
    await expect(Promise.all(work)).resolves.toHaveLength(100);
  });
}

function codeOf(error: unknown): string {
  if (!(error instanceof DomainError)) return String(error);
  return error.cause === undefined ? error.code : `${error.code}: ${inspect(error.cause)}`;
}
