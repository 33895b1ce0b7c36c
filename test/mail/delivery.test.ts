import { deliverMails, RETRY_SECONDS, type MailReport } from '../../src/domain/mail/deliver-mails.js';
import { followOutbox } from '../../src/domain/mail/follow-outbox.js';
import type { Mail } from '../../src/domain/mail/mail.js';
import { absentMailer, type Mailer } from '../../src/domain/mail/mailer.js';
import { createMailComposer } from '../../src/mail/compose-mail.js';
import { createSmtpMailer, type SmtpMailer } from '../../src/mail/smtp-mailer.js';
import { createTranslations } from '../../src/http/translations.js';
import { findViewsRoot } from '../../src/http/views.js';
import { openDatabase, type Database } from '../../src/storage/postgres/database.js';
import { createTestClock } from '../support/account-deps.js';
import { openMailStores, type MailStores } from '../support/mail-database.js';
import { linkIn, startMailServer, type MailServer } from '../support/mail-server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const LINK = 'https://id.example.com/reset-password/token';
const mail: Mail<'password-reset'> = {
  kind: 'password-reset',
  to: 'jo@example.com',
  locale: 'de',
  values: { link: LINK, minutes: 30 },
};
const textsOf = createTranslations(findViewsRoot(import.meta.dirname));
const composer = createMailComposer(
  (locale = 'en') => ({ ...textsOf(locale), tag: locale, dir: 'ltr', time: (at) => at }),
  { name: 'Škoda ✓', accent: '#1d4ed8', ink: '#ffffff', issuer: 'https://id.example.com' },
);

let database: TestDatabase;
let knex: Database;
let clock: ReturnType<typeof createTestClock>;
let stores: MailStores;
let server: MailServer;
let smtp: SmtpMailer;
let reports: MailReport[];

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test' });
});
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});
const mailerTo = (url: string, from = 'sign-in@example.com'): SmtpMailer =>
  createSmtpMailer({ url, from, defaultName: 'Škoda ✓', composer });
beforeEach(async () => {
  await knex('mail_outbox').delete();
  clock = createTestClock();
  stores = openMailStores(knex, clock);
  server = await startMailServer();
  smtp = mailerTo(server.url);
  reports = [];
});
afterEach(async () => {
  smtp.close();
  await server.close();
});

const deliver = (mailer: Mailer = smtp) =>
  deliverMails({
    unitOfWork: stores.unitOfWork,
    mailer,
    clock,
    keepSent: false,
    report: (report) => reports.push(report),
  });
const states = async () => (await stores.queue.list({ limit: 50 })).map(({ state, fault }) => [state, fault]);

describe('delivery over SMTP', () => {
  test('sends text and HTML with the headers that mails of machines have', async () => {
    await stores.outbox.add(mail);
    expect(await deliver()).toBe(1);
    const sent = await server.nextMail(mail.to);
    expect(sent.from?.value).toEqual([{ name: 'Škoda ✓', address: 'sign-in@example.com' }]);
    expect(sent.subject).toBe('Neues Passwort wählen – Škoda ✓');
    expect(linkIn(sent, '/reset-password')).toBe(LINK);
    expect(sent.html).toContain(`href="${LINK}"`);
    expect(sent.headers.get('auto-submitted')).toBe('auto-generated');
    expect(sent.headers.get('content-language')).toBe('de');
    expect(sent.messageId).toMatch(/^<[0-9a-f-]{36}@example\.com>$/);
    expect(await states()).toEqual([['sent', undefined]]);
    expect(await deliver()).toBe(0);
  });

  test('greylisting: the server refuses for now, and takes the same mail later', async () => {
    await stores.outbox.add(mail);
    server.refuse({ code: 451, at: 'recipient' });
    await deliver();
    expect(await states()).toEqual([['pending', 'refused_for_now']]);
    server.refuse(undefined);
    expect(await deliver()).toBe(0);
    clock.turn(RETRY_SECONDS[0] ?? 0);
    expect(await deliver()).toBe(1);
    expect(await states()).toEqual([['sent', undefined]]);
    expect(server.mails).toHaveLength(1);
    expect(reports.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['pending', 1],
      ['sent', 2],
    ]);
  });

  test.each(['recipient', 'data'] as const)('a refusal for good (5xx, %s) gives the mail up', async (at) => {
    await stores.outbox.add(mail);
    server.refuse({ code: 550, at });
    await deliver();
    expect(await states()).toEqual([['dead', 'refused']]);
  });

  test('a server that is down is tried again until it is up', async () => {
    await stores.outbox.add(mail);
    const { url } = server;
    await server.close();
    await deliver();
    expect(await states()).toEqual([['pending', 'server_unreachable']]);
    server = await startMailServer({ port: Number(new URL(url).port) });
    clock.turn(10);
    await deliver();
    expect((await server.nextMail(mail.to)).subject).toContain('Neues Passwort');
  });

  test('gives up after the last try, or when the link has expired', async () => {
    server.refuse({ code: 421, at: 'recipient' });
    const at = clock.now().toISOString();
    await stores.outbox.add({ ...mail, kind: 'notice', values: { notice: 'totp_added', at, link: LINK } });
    for (const wait of RETRY_SECONDS) {
      expect(await deliver()).toBe(1);
      clock.turn(wait);
    }
    await deliver();
    expect(await states()).toEqual([['dead', 'refused_for_now']]);
    await knex('mail_outbox').delete();
    await stores.outbox.add(mail);
    clock.turn(30 * 60);
    server.refuse(undefined);
    await deliver();
    expect(await states()).toEqual([['dead', 'expired']]);
    expect(server.mails).toEqual([]);
  });

  test.each([
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com, b@example.com',
    'A <a@example.com>',
    'a\n@example.com',
    '',
  ])('an address that would steer a header is never sent to: %j (S71)', async (to) => {
    await stores.outbox.add({ ...mail, to });
    await deliver();
    expect(await states()).toEqual([['dead', 'recipient_invalid']]);
    expect(server.mails).toEqual([]);
  });

  test('a sender name with line breaks stays one header (S71)', async () => {
    const mailer = mailerTo(server.url, 'Latch\r\nX-Evil: 1 <sign-in@example.com>');
    await stores.outbox.add(mail);
    await deliver(mailer);
    mailer.close();
    const sent = await server.nextMail(mail.to);
    expect(sent.headers.has('x-evil')).toBe(false);
    expect(sent.from?.value).toEqual([{ name: 'Latch X-Evil: 1', address: 'sign-in@example.com' }]);
  });

  test('tells what the server answers to a test mail, and why it was not taken', async () => {
    const taken = await smtp.test('ada@example.com');
    expect(taken.delivered).toBe(true);
    expect(taken.answer).toMatch(/^250/);
    server.refuse({ code: 550, at: 'recipient' });
    expect(await smtp.test('ada@example.com')).toMatchObject({
      delivered: false,
      fault: 'refused',
      replyCode: 550,
    });
    expect(await smtp.test('ada')).toMatchObject({ fault: 'recipient_invalid' });
    const noTls = mailerTo(server.url.replace('smtp:', 'smtps:'));
    expect(await noTls.test('ada@example.com')).toMatchObject({ fault: 'tls_failed' });
    noTls.close();
  });

  test('a wrong password is a fault of the settings: the mail is tried again', async () => {
    const guarded = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => {
        done(new Error('wrong'));
      },
    });
    const mailer = mailerTo(guarded.url.replace('//', '//user:wrong@'));
    await stores.outbox.add(mail);
    await deliver(mailer);
    expect(await states()).toEqual([['pending', 'authentication_failed']]);
    mailer.close();
    await guarded.close();
  });

  test('a password goes nowhere without TLS, but to this machine', async () => {
    const asked: string[] = [];
    const open = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username = '' }, _session, done) => {
        asked.push(username);
        done(null, { user: username });
      },
    });
    // The same machine, by a name that does not show it.
    const far = mailerTo(open.url.replace('//127.0.0.1', '//user:secret@[::ffff:127.0.0.1]'));
    expect(await far.test('ada@example.com')).toMatchObject({ delivered: false, fault: 'tls_failed' });
    expect(asked).toEqual([]);
    far.close();
    const near = mailerTo(open.url.replace('//', '//user:secret@'));
    expect(await near.test('ada@example.com')).toMatchObject({ delivered: true });
    expect(asked).toEqual(['user']);
    near.close();
    await open.close();
  });
});

describe('limits', () => {
  test('five mails of a kind to an address within an hour; the sixth is dropped and audited (S72)', async () => {
    for (let index = 0; index < 7; index += 1) await stores.outbox.add(mail);
    await stores.outbox.add({ ...mail, to: 'other@example.com' });
    await deliver();
    expect((await states()).filter(([state]) => state === 'sent')).toHaveLength(6);
    expect(server.mails).toHaveLength(6);
    expect(stores.audited.map(({ entry }) => entry)).toMatchObject([
      { type: 'mail.dropped', details: { kind: 'password-reset', reason: 'too_many' } },
      { type: 'mail.dropped' },
    ]);
    clock.turn(3_601);
    await stores.outbox.add(mail);
    await deliver();
    expect(server.mails).toHaveLength(7);
  });

  test('without a mail server mails are given up at once', async () => {
    await stores.outbox.add(mail);
    await deliver(absentMailer);
    expect(await states()).toEqual([['dead', 'mail_not_configured']]);
  });
});

describe('two workers', () => {
  test('send each mail once', async () => {
    const other = mailerTo(server.url);
    for (let index = 0; index < 30; index += 1)
      await stores.outbox.add({ ...mail, to: `jo${index}@example.com` });
    const work = async (mailer: Mailer): Promise<void> => {
      while ((await deliver(mailer)) > 0);
    };
    await Promise.all([work(smtp), work(other)]);
    other.close();
    expect(server.mails).toHaveLength(30);
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(30);
  });

  test('one that follows the outbox sends what comes when it is woken, and stops', async () => {
    const follower = followOutbox({
      deliver: () => deliver(),
      nextDueAt: () => stores.queue.nextDueAt(),
      clock,
      failed: (error) => {
        throw error;
      },
    });
    await stores.outbox.add(mail);
    follower.wake();
    await server.nextMail(mail.to);
    await follower.stop(10_000);
    expect(await states()).toEqual([['sent', undefined]]);
    follower.wake();
  });
});
