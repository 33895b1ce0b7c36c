import type { Mail } from '../../../src/domain/mail/mail.js';
import type { MailQueue } from '../../../src/domain/mail/mail-queue.js';
import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createTestClock } from '../../support/account-deps.js';
import { openMailStores, type MailStores } from '../../support/mail-database.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const LINK = 'https://id.example.com/reset-password/a-live-token-in-a-mail';
const mail: Mail<'password-reset'> = {
  kind: 'password-reset',
  to: 'Jo@Example.com',
  locale: 'de',
  values: { link: LINK, minutes: 30 },
};

let database: TestDatabase;
let knex: Database;
let clock: ReturnType<typeof createTestClock>;
let stores: MailStores;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test' });
});
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});
beforeEach(async () => {
  await knex('mail_outbox').delete();
  clock = createTestClock();
  stores = openMailStores(knex, clock);
});

const seconds = (count: number): Date => new Date(clock.now().getTime() + count * 1000);
const lease = (queue: MailQueue = stores.queue, most = 10) =>
  queue.lease({ now: clock.now(), until: seconds(300), countSince: seconds(-3600), most });

describe('the outbox', () => {
  test('gives a mail back as it was sent, and only once while it is leased', async () => {
    await stores.outbox.add(mail);
    const [leased, ...more] = await lease();
    expect(more).toEqual([]);
    expect(leased).toMatchObject({ attempt: 1, sentLately: 0, mail, expiresAt: seconds(30 * 60) });
    expect(await lease()).toEqual([]);
  });

  test('keeps address and link from whoever reads the database (S6)', async () => {
    await stores.outbox.add(mail);
    const { rows } = await knex.raw<{ rows: { dump: string }[] }>(
      'select row_to_json(m)::text as dump from mail_outbox m',
    );
    expect(rows).toHaveLength(1);
    const hex = (text: string) => Buffer.from(text).toString('hex');
    for (const secret of ['example.com', 'a-live-token', LINK]) {
      expect(rows[0]?.dump.toLowerCase()).not.toContain(secret);
      expect(rows[0]?.dump).not.toContain(hex(secret));
    }
  });

  test('sends nothing of a unit of work that fails (S72)', async () => {
    const work = stores.unitOfWork.run(async ({ mailOutbox }) => {
      await mailOutbox.add(mail);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await lease()).toEqual([]);
  });

  test('two workers at the same time never get the same mail', async () => {
    for (let index = 0; index < 40; index += 1)
      await stores.outbox.add({ ...mail, to: `jo${index}@example.com` });
    const batches = await Promise.all(Array.from({ length: 8 }, () => lease(stores.queue, 5)));
    const ids = batches.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const rest = await lease(stores.queue, 40);
    expect(new Set([...ids, ...rest.map(({ id }) => id)]).size).toBe(40);
  });

  test('a mail of a worker that died is given to another when its lease is over, and the first is told so', async () => {
    await stores.outbox.add(mail);
    const [first] = await lease();
    clock.turn(301);
    const [second] = await lease();
    if (!first || !second) throw new Error('There is no mail.');
    expect(second).toMatchObject({ id: first.id, attempt: 2 });
    const sent = { state: 'sent', at: clock.now(), keepContent: false } as const;
    expect(await stores.queue.settle(first, sent)).toBe(false);
    expect(await stores.queue.settle(second, sent)).toBe(true);
    expect(await stores.queue.settle(second, sent)).toBe(false);
  });

  test('counts what went to an address lately, however it is written', async () => {
    for (const to of ['jo@example.com', 'JO@EXAMPLE.COM', 'other@example.com'])
      await stores.outbox.add({ ...mail, to });
    for (const one of await lease()) {
      await stores.queue.settle(one, { state: 'sent', at: clock.now(), keepContent: false });
    }
    clock.turn(60);
    await stores.outbox.add(mail);
    await stores.outbox.add({ ...mail, kind: 'sign-in-link', values: { link: LINK, minutes: 15 } });
    expect((await lease()).map(({ mail: of, sentLately }) => [of?.kind, sentLately])).toEqual([
      ['password-reset', 2],
      ['sign-in-link', 0],
    ]);
  });

  test('erases the content of what was sent, and of the dead once they expire; forgets both', async () => {
    for (let index = 0; index < 3; index += 1) await stores.outbox.add(mail);
    const [sent, shown, dead] = await lease();
    if (!sent || !shown || !dead) throw new Error('There is no mail.');
    await stores.queue.settle(sent, { state: 'sent', at: clock.now(), keepContent: false });
    await stores.queue.settle(shown, { state: 'sent', at: clock.now(), keepContent: true });
    await stores.queue.settle(dead, { state: 'dead', at: clock.now(), fault: 'refused', keepContent: true });
    expect(await stores.queue.findKept(sent.id)).toBeUndefined();
    expect((await stores.queue.findKept(shown.id))?.mail).toEqual(mail);
    expect(await stores.queue.revive(clock.now(), sent.id)).toEqual([]);
    clock.turn(31 * 60);
    await stores.queue.eraseContents({ sentBefore: seconds(-86_400), expiredBy: clock.now() });
    expect((await stores.queue.listKept(10)).map(({ record }) => record.id)).toEqual([shown.id]);
    expect(await stores.queue.revive(clock.now())).toEqual([]);
    expect(await stores.queue.purge(seconds(1))).toBe(3);
  });

  test('sends dead mails again, as often as a new one', async () => {
    await stores.outbox.add(mail);
    const [leased] = await lease();
    if (!leased) throw new Error('There is no mail.');
    await stores.queue.settle(leased, {
      state: 'dead',
      at: clock.now(),
      fault: 'refused',
      keepContent: true,
    });
    expect(await stores.queue.nextDueAt()).toBeUndefined();
    expect(await stores.queue.revive(clock.now(), leased.id)).toEqual([leased.id]);
    expect(await stores.queue.nextDueAt()).toEqual(clock.now());
    expect(await lease()).toMatchObject([{ id: leased.id, attempt: 1, mail }]);
  });

  test('a mail outlives its account, and is nobody’s then', async () => {
    const id = newAccountId(new Date());
    await knex('accounts').insert({ id, email: 'a@example.com', email_normalized: 'a@example.com' });
    await stores.outbox.add({ ...mail, accountId: id });
    await knex('accounts').where({ id }).delete();
    expect(await lease()).toMatchObject([{ mail: { to: mail.to, accountId: undefined } }]);
  });

  test('lists the newest first, page by page', async () => {
    for (let index = 0; index < 3; index += 1) {
      await stores.outbox.add(mail);
      clock.turn(1);
    }
    const [newest, ...older] = await stores.queue.list({ limit: 10 });
    expect(newest).toMatchObject({ kind: 'password-reset', state: 'pending', attempts: 0 });
    expect(await stores.queue.list({ limit: 10, before: newest?.id })).toEqual(older);
    expect(await stores.queue.list({ limit: 10, state: 'sent' })).toEqual([]);
    expect(JSON.stringify(newest)).not.toContain('example');
  });
});
