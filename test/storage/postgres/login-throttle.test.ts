import type { Knex } from 'knex';
import type { LoginAttempt, LoginThrottle } from '../../../src/domain/accounts/login-throttle.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createLoginThrottle } from '../../../src/storage/postgres/login-throttle.js';
import { createTestClock } from '../../support/account-deps.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { describeLoginThrottle } from '../conformance/login-throttle.js';

const MINUTE = 60;

let database: TestDatabase;
let knex: Knex;
let throttle: LoginThrottle;
let clock: ReturnType<typeof createTestClock>;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 10, applicationName: 'test' });
  throttle = createLoginThrottle(knex);
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  clock = createTestClock();
  await knex('login_attempts').delete();
  await knex('login_networks').delete();
});

const attempt = (subject: string, network?: string): LoginAttempt => ({ subject, network, at: clock.now() });

describe('the login throttle in PostgreSQL', () => {
  // The tables are emptied before each test.
  describeLoginThrottle(() => Promise.resolve(throttle));

  test('tries at two instances at once pass no more than the limit', async () => {
    const second = openDatabase({ url: database.url, poolSize: 1, applicationName: 'second' });
    const throttles = [throttle, createLoginThrottle(second)] as const;
    const tried = Array.from({ length: 40 }, async (_, round) => {
      // One batch of each instance after another, at the same time as the other's.
      for (let turn = 0; turn < round % 4; turn += 1) await new Promise(setImmediate);
      return throttles[round % 2]?.count(attempt('account:1', '192.0.2.1'));
    });
    const waits = await Promise.all(tried);
    await second.destroy();
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(10);
    expect(waits.filter((wait) => wait === 300)).toHaveLength(30);
    expect(await knex('login_attempts').pluck<number[]>('attempts')).toEqual([40, 40]);
  });

  test('a flood of tries takes one connection', async () => {
    const { pool } = knex.client as { pool: { numUsed(): number; numPendingAcquires(): number } };
    const flood = Array.from({ length: 1000 }, async (_, index) =>
      throttle.count(attempt(`account:${index}`)),
    );
    const seen: number[] = [];
    const ended = Promise.all(flood).then(() => 'ended');
    while ((await Promise.race([ended, new Promise(setImmediate)])) !== 'ended') {
      seen.push(pool.numUsed() + pool.numPendingAcquires());
    }
    expect(Math.max(...seen)).toBe(1);
    expect(await knex('login_attempts')).toHaveLength(1000);
  });

  test('keeps no name and no address in clear', async () => {
    const secret = attempt('login:my password typed by mistake', '192.0.2.1');
    await throttle.count(secret);
    await throttle.succeed(secret);
    await throttle.count(secret);
    const keys = [
      ...(await knex('login_attempts').pluck<Buffer[]>('key')),
      ...(await knex('login_networks').pluck<Buffer[]>('key')),
    ];
    expect(keys.map(({ length }) => length)).toEqual([32, 32, 32]);
  });

  test('purges what no longer counts, and nothing else', async () => {
    for (let index = 0; index < 11; index += 1) await throttle.count(attempt('account:1'));
    await throttle.succeed(attempt('account:2', '192.0.2.1'));
    clock.turn(19 * MINUTE);
    expect(await throttle.purge(clock.now())).toBe(0);
    await throttle.count(attempt('account:3'));
    clock.turn(2 * MINUTE);
    expect(await throttle.purge(clock.now())).toBe(1);
    expect(await knex('login_attempts')).toHaveLength(1);
    clock.turn(31 * 24 * 60 * MINUTE);
    expect(await throttle.purge(clock.now())).toBe(2);
  });
});
