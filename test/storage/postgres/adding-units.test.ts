import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import type { AuditEntry } from '../../../src/domain/audit/audit-event.js';
import type { Consent } from '../../../src/domain/consents/consent.js';
import { createAddingUnitsOfWork } from '../../../src/storage/postgres/adding-units.js';
import { createConsentLookup } from '../../../src/storage/postgres/consent-lookup.js';
import { createConsentStore } from '../../../src/storage/postgres/consent-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { traceStatements } from '../../../src/storage/postgres/trace-statements.js';
import { openAuditLog } from '../../support/audit-log.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { describeConsentStore } from '../conformance/consent-store.js';

const clock = createFakeClock();
const GRANTED: AuditEntry = { type: 'consent.granted', clientId: 'shop' };

let database: TestDatabase;
let knex: Database;
let log: ReturnType<typeof openAuditLog>;
let statements: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test' });
  log = openAuditLog(knex, clock);
  traceStatements(knex, (name) => {
    statements.push(name);
    return undefined;
  });
});

beforeEach(() => {
  statements = [];
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

async function insertAccount(): Promise<string> {
  const id = newAccountId(new Date());
  const email = `${id}@example.com`;
  const times = { created_at: clock.now(), updated_at: clock.now() };
  await knex('accounts').insert({ id, email, email_normalized: email, email_verified: true, ...times });
  return id;
}

const consentOf = (accountId: string, clientId = 'shop'): Consent => ({
  accountId,
  clientId,
  scopes: ['openid'],
  claims: [],
  resourceScopes: {},
  grantedAt: clock.now(),
});

function adder(connection = knex, appender = log.appender) {
  const unit = createAddingUnitsOfWork(connection, appender).from({ actor: { kind: 'operator' } });
  return (consent: Consent, entry = GRANTED): Promise<string> =>
    unit.run(async ({ consents, audit }) => {
      await consents.add(consent);
      audit.record(entry);
      return consent.clientId;
    });
}

/** How long the log is; it must be whole. */
async function lengthOfLog(): Promise<number> {
  const verdict = await log.reader.verify();
  if (!verdict.intact) throw new Error(`${verdict.problem} at ${verdict.sequence}`);
  return verdict.count;
}

describe('consents that are only added, and looked up together', () => {
  describeConsentStore(async () => {
    await knex('consents').delete();
    const add = adder();
    const store = {
      ...createConsentStore(knex),
      ...createConsentLookup(knex),
      add: async (consent: Consent) => {
        await add(consent);
      },
    };
    return { store, accountId: await insertAccount() };
  });
});

describe('a unit of work that only adds', () => {
  test('is written with its event and its answer, those of all requests by one statement', async () => {
    const [ada, add] = [await insertAccount(), adder()];
    await add(consentOf(ada, 'first'));
    const before = await lengthOfLog();
    statements = [];
    const clients = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(clients.map((client) => add(consentOf(ada, client))));
    expect(statements).toEqual(['audit_add']);
    expect(answers).toEqual(clients);
    expect(await lengthOfLog()).toBe(before + 5);
    expect(await createConsentStore(knex).listAccount(ada)).toHaveLength(6);
  });

  test('that fails leaves nothing behind, and its neighbours alone', async () => {
    const [ada, add] = [await insertAccount(), adder()];
    const nobody = newAccountId(new Date());
    await add(consentOf(ada));
    const before = await lengthOfLog();
    const outcomes = await Promise.allSettled([
      add(consentOf(ada, 'a')),
      add(consentOf(nobody, 'b')),
      add(consentOf(ada, 'c')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await lengthOfLog()).toBe(before + 2);
  });

  test('goes on behind what others have appended, and what was rolled back', async () => {
    const [ada, add] = [await insertAccount(), adder()];
    await add(consentOf(ada));
    const elsewhere = openAuditLog(knex, clock, log.key);
    await elsewhere.append([GRANTED, GRANTED]);
    const rolledBack = knex.transaction(async (transaction) => {
      await log.appender.append(transaction, [{ origin: { actor: { kind: 'system' } }, entry: GRANTED }]);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    const before = await lengthOfLog();
    statements = [];
    await add(consentOf(ada, 'other'));
    expect(statements).toContain('audit_lock_head');
    await add(consentOf(ada, 'third'));
    expect(statements.at(-1)).toBe('audit_add');
    expect(await lengthOfLog()).toBe(before + 2);
  });

  test('leaves neither gap nor fork when two processes and transactions append at once', async () => {
    const other = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test-other' });
    const [ada, bob] = [await insertAccount(), await insertAccount()];
    const others = openAuditLog(other, clock, log.key);
    const adders = [adder(), adder(other, others.appender)];
    const before = await lengthOfLog();
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        if (index % 3 === 2) return log.append([GRANTED]);
        // The same consent again and again, by both processes.
        return adders[index % 3]?.(consentOf(index % 2 ? ada : bob));
      }),
    );
    await other.destroy();
    expect(await lengthOfLog()).toBe(before + 60);
  });

  test('that adds nothing asks the database for nothing', async () => {
    const units = createAddingUnitsOfWork(knex, log.appender).from({ actor: { kind: 'system' } });
    expect(await units.run(() => Promise.resolve('done'))).toBe('done');
    expect(statements).toEqual([]);
  });
});
