import { latchkey, runCommand } from '../support/cli.js';
import { linkIn, startMailServer, type MailServer } from '../support/mail-server.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let mailServer: MailServer;
let server: TestServer;
let fixture: Fixture;

beforeAll(async () => {
  mailServer = await startMailServer();
  server = await startServer({
    env: { SMTP_URL: mailServer.url, MAIL_FROM: 'Example <sign-in@example.com>', LOG_LEVEL: 'debug' },
  });
  fixture = await openFixture(server);
});
afterAll(async () => {
  await fixture.close();
  await server.stop();
  await mailServer.close();
});

describe('mail, from the command line through the server to a mailbox', () => {
  test('a link to reset the password arrives, works, and the change is told (S72)', async () => {
    const user = await fixture.user({ profile: { locale: 'de' } });
    const sent = await latchkey(server, ['user', 'reset-link', user.email, '--send']);
    expect(JSON.parse(sent.stdout)).toMatchObject({ email: user.email, sent: true });
    expect(sent.stdout).not.toContain('/reset-password/');

    const mail = await mailServer.nextMail(user.email);
    expect(mail.subject).toBe('Neues Passwort wählen – Latchkey');
    const link = linkIn(mail, '/reset-password/');
    expect(link.startsWith(`${server.issuer}/reset-password/`)).toBe(true);
    const agent = new UserAgent(server.issuer);
    const { page } = await agent.open(link);
    if (!page) throw new Error('There is no page.');
    await agent.submit(formOf(page, new URL(link).pathname), { password: 'eleven swans across the moor' });
    const notice = await mailServer.nextMail(user.email);
    expect(notice.subject).toBe('Ihr Passwort wurde geändert – Latchkey');

    const token = link.slice(link.lastIndexOf('/') + 1);
    expect(server.stdout() + server.stderr()).not.toContain(token);
    expect(server.stdout()).not.toContain(user.email);
    expect(server.stdout()).toMatch(/"mailKind":"password-reset".*"msg":"mail sent"/);
  });

  test('in development the mails show at /dev/mail, as text and as a document that nothing runs in', async () => {
    const user = await fixture.user();
    await latchkey(server, ['user', 'verification-link', user.email, '--send']);
    const mail = await mailServer.nextMail(user.email);
    const link = linkIn(mail, '/verify-email/');
    await server.printed(/"mailKind":"email-verification".*"msg":"mail sent"/);
    const list = await (await fetch(`${server.issuer}/dev/mail`)).text();
    const href = /href="(\/dev\/mail\/[0-9a-f-]+)"/.exec(list)?.[1] ?? '';
    expect(list).toContain(user.email);
    expect(await (await fetch(server.issuer + href)).text()).toContain(`href="${link}"`);
    const html = await fetch(`${server.issuer}${href}/html`);
    expect(html.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*sandbox/);
    expect(await html.text()).toContain(link);
    for (const path of ['/dev/mail/none', '/dev/mail/00000000-0000-7000-8000-000000000000']) {
      expect((await fetch(server.issuer + path)).status).toBe(404);
    }
  });

  test('the mails show in development and nowhere else', async () => {
    const other = await startServer({ env: { NODE_ENV: 'test' } });
    try {
      expect((await fetch(`${other.issuer}/dev/mail`)).status).toBe(404);
    } finally {
      await other.stop();
    }
  });

  test('the command line lists mails without telling to whom they went, and tries the mail server', async () => {
    const { stdout } = await latchkey(server, ['mail', 'list']);
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'password-reset', state: 'sent', error: null }),
      ]),
    );
    expect(stdout).not.toContain('@');
    const tried = await runCommand(server.env, ['mail', 'test', '--to', 'ada@example.com']);
    expect(tried.stdout).toMatch(/^The mail server took the mail: 250/);
    expect((await mailServer.nextMail('ada@example.com')).subject).toBe('Mail works – Latchkey');
    mailServer.refuse({ code: 550, at: 'recipient' });
    const refused = await runCommand(server.env, ['mail', 'test', '--to', 'ada@example.com']);
    mailServer.refuse(undefined);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/\(refused\)[^]*550[^]*MAIL_FROM/);
  });

  test('a mail that was given up is sent again at the command line', async () => {
    const user = await fixture.user();
    mailServer.refuse({ code: 550, at: 'data' });
    await latchkey(server, ['user', 'sign-in-link', user.email, '--send']);
    await server.printed(/"mailKind":"sign-in-link".*"errorCode":"refused".*"msg":"mail given up"/);
    mailServer.refuse(undefined);
    const { stdout } = await latchkey(server, ['mail', 'retry', '--dead']);
    expect((JSON.parse(stdout) as { retried: string[] }).retried).toHaveLength(1);
    expect((await mailServer.nextMail(user.email)).subject).toBe('Your link to sign in – Latchkey');
    const nothing = await runCommand(server.env, ['mail', 'retry', '00000000-0000-7000-8000-000000000000']);
    expect(nothing.exitCode).toBe(1);
  });
});
