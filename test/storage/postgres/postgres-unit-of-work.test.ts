import type { Knex } from 'knex';
import { DomainError } from '../../../src/domain/errors.js';
import { LostUpdateError } from '../../../src/domain/accounts/account-store.js';
import type { Stores } from '../../../src/domain/unit-of-work.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { createPostgresUnitsOfWork } from '../../../src/storage/postgres/postgres-unit-of-work.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { recordingAppender } from '../../support/recording-audit-trail.js';
import { accountUnitOfWork } from '../../support/postgres-account-stores.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { accountWith } from '../conformance/account-store.js';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 5, applicationName: 'test' });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  await knex('accounts').delete();
});

const stored = (id: string) => createAccountStore(knex).findById(id);

describe('a unit of work on PostgreSQL', () => {
  test('keeps all of its writes and answers its result', async () => {
    const [one, other] = [accountWith(), accountWith()];
    const result = await accountUnitOfWork(knex).run(async ({ accounts }) => {
      await accounts.insert({ account: one, passwordHash: undefined });
      await accounts.insert({ account: other, passwordHash: undefined });
      return 'done';
    });
    expect(result).toBe('done');
    expect(await stored(one.id)).toEqual(one);
    expect(await stored(other.id)).toEqual(other);
  });

  test('keeps none of its writes when it refuses, and throws the refusal itself', async () => {
    const account = accountWith();
    const refusal = new DomainError('last_administrator', 'No.');
    const work = accountUnitOfWork(knex).run(async ({ accounts, setupLinks }) => {
      await accounts.insert({ account, passwordHash: undefined });
      await setupLinks.replace(Buffer.alloc(32), new Date(Date.now() + 60_000));
      throw refusal;
    });
    await expect(work).rejects.toBe(refusal);
    expect(await stored(account.id)).toBeUndefined();
    expect(await knex('setup_links')).toEqual([]);
  });

  test('goes on after a refusal that the work deals with itself', async () => {
    const account = accountWith();
    await accountUnitOfWork(knex).run(async ({ accounts }) => {
      await accounts.insert({ account, passwordHash: undefined });
      const duplicate = accounts.insert({
        account: accountWith({ email: account.email }),
        passwordHash: undefined,
      });
      await expect(duplicate).rejects.toMatchObject({ code: 'already_exists' });
    });
    expect(await stored(account.id)).toEqual(account);
  });

  test('runs both sides of a deadlock to their end (40P01)', async () => {
    const [one, other] = [accountWith(), accountWith()];
    for (const account of [one, other])
      await createAccountStore(knex).insert({ account, passwordHash: undefined });
    const met = barrier(2);
    const runs: string[] = [];
    const crossing = (first: string, second: string) =>
      accountUnitOfWork(knex).run(async ({ accounts }) => {
        runs.push(first);
        await accounts.findForUpdate(first);
        await met();
        await accounts.findForUpdate(second);
      });
    await Promise.all([crossing(one.id, other.id), crossing(other.id, one.id)]);
    expect(runs.length).toBe(3);
  });

  test('runs again after a lost update, five times at most', async () => {
    let runs = 0;
    const work = (succeedsAt: number) => () => {
      runs += 1;
      return runs < succeedsAt ? Promise.reject(new LostUpdateError()) : Promise.resolve('done');
    };
    expect(await accountUnitOfWork(knex).run(work(5))).toBe('done');
    runs = 0;
    await expect(accountUnitOfWork(knex).run(work(6))).rejects.toBeInstanceOf(LostUpdateError);
    expect(runs).toBe(5);
  });

  test('does not run again after any other error', async () => {
    let runs = 0;
    const work = accountUnitOfWork(knex).run(() => {
      runs += 1;
      return Promise.reject(new TypeError('a fault of ours'));
    });
    await expect(work).rejects.toBeInstanceOf(TypeError);
    expect(runs).toBe(1);
  });

  test('says that the database went away', async () => {
    const bindStores = (transaction: Knex): Pick<Stores, 'artifactRevocation'> => ({
      artifactRevocation: {
        async revokeAccount() {
          await transaction.raw('select pg_terminate_backend(pg_backend_pid())');
          return 0;
        },
        revokeClient: () => Promise.resolve(0),
        revokeEverything: () => Promise.resolve(0),
      },
    });
    const units = createPostgresUnitsOfWork(knex, bindStores, recordingAppender());
    const unitOfWork = units.from({ actor: { kind: 'system' } });
    const work = unitOfWork.run(({ artifactRevocation }) => artifactRevocation.revokeAccount('x'));
    await expect(work).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await stored(accountWith().id)).toBeUndefined();
  });
});

/** Lets nobody pass until so many have come; afterwards everybody. */
function barrier(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let come = 0;
  return () => {
    come += 1;
    if (come === count) open();
    return opened;
  };
}
