import { createHmac } from 'node:crypto';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import { issueSetupLink } from '../../src/domain/administrators/issue-setup-link.js';
import { createCsrf } from '../../src/http/middlewares/csrf.js';
import { errorHandler } from '../../src/http/middlewares/error-handler.js';
import { requestId } from '../../src/http/middlewares/request-id.js';
import { createSetupRouter } from '../../src/http/setup/router.js';
import { createAccountDeps, GOOD_PASSWORD } from '../support/account-deps.js';
import {
  createRecordingLogger,
  formRequest,
  modelPages,
  shownPage,
  testPages,
  useHttpApps,
} from '../support/http-app.js';
import { unitsOfWorkOf } from '../support/units-of-work.js';

const serve = useHttpApps();
const csrf = createCsrf((text) => createHmac('sha256', 'k').update(text).digest(), 'https://id.example.com');

async function serveSetup(pages = modelPages) {
  const setup = createAccountDeps();
  const logger = createRecordingLogger();
  const app = await serve(
    requestId,
    errorHandler(testPages, logger),
    createSetupRouter({ setup, unitsOfWork: unitsOfWorkOf(setup.unitOfWork), pages, csrf, logger }),
  );
  const { url } = await issueSetupLink(setup, { automatic: true });
  const form = {
    csrf: csrf.token('setup'),
    code: new URL(url).hash.slice(1),
    email: 'root@example.com',
    given_name: 'Ada',
    family_name: 'Root',
    password: GOOD_PASSWORD,
  };
  return {
    app,
    setup,
    logger,
    form,
    submit: (fields: Record<string, string>) => app.ask('/setup', formRequest(fields)),
  };
}

test('shows an empty form; the code is in the fragment, which the server never sees', async () => {
  const { app } = await serveSetup();
  expect(shownPage(await app.ask('/setup?code=from-the-address'))).toEqual({
    page: 'setup',
    model: {
      action: '/setup',
      csrf: csrf.token('setup'),
      code: '',
      email: '',
      givenName: '',
      familyName: '',
      passwordMinLength: 15,
      faults: [],
    },
  });
});

test('sets up the administrator once', async () => {
  const { setup, logger, form, submit } = await serveSetup();
  const answer = await submit({ ...form, code: ` ${form.code} `, email: ' root@example.com ' });
  expect(answer.status).toBe(200);
  expect(shownPage(answer)).toEqual({ page: 'setup-done', model: { email: 'root@example.com' } });

  const record = await setup.accounts.findByLogin('root@example.com');
  expect(record?.account).toMatchObject({
    roles: ['admin'],
    profile: { givenName: 'Ada', familyName: 'Root' },
  });
  expect(logger.lines).toEqual([
    {
      level: 'info',
      event: 'administrator set up',
      fields: { requestId: answer.headers['x-request-id'], accountId: record?.account.id },
    },
  ]);

  const again = await submit(form);
  expect(again.status).toBe(422);
  expect(shownPage(again).model['faults']).toMatchObject([
    { field: 'setup_link', code: 'setup_link_invalid' },
  ]);
});

test('keeps what was typed beside all faults, except the password', async () => {
  const { form, submit } = await serveSetup();
  const answer = await submit({ ...form, email: 'nonsense', password: 'tooshort1' });
  expect(answer.status).toBe(422);
  expect(shownPage(answer)).toMatchObject({
    page: 'setup',
    model: {
      code: form.code,
      email: 'nonsense',
      givenName: 'Ada',
      familyName: 'Root',
      faults: [{ field: 'email' }, { field: 'password' }],
    },
  });
  expect(answer.body).not.toContain('tooshort1');
  expect((await submit(form)).status).toBe(200);
});

test('hashes no password for somebody without a link', async () => {
  const { setup, form, submit } = await serveSetup();
  expect((await submit({ ...form, code: 'guessed' })).status).toBe(422);
  expect((await submit({ csrf: form.csrf })).status).toBe(422);
  expect(setup.passwordHasher.asked).toEqual([]);
});

test('names may be left out', async () => {
  const { setup, form, submit } = await serveSetup();
  expect((await submit({ ...form, given_name: ' ', family_name: '' })).status).toBe(200);
  expect((await setup.accounts.findByLogin('root@example.com'))?.account.profile).toEqual({});
});

test('takes no form from elsewhere (OWASP ASVS 5.0 V3.5.1)', async () => {
  const { app, setup, form, submit } = await serveSetup();
  expect((await submit({ ...form, csrf: '' })).status).toBe(403);
  const foreign = await app.ask('/setup', formRequest(form, { origin: 'https://evil.example' }));
  expect(foreign.status).toBe(403);
  expect(setup.accounts.records.size).toBe(0);
});

test('says when to come again while passwords cannot be hashed, and leaves the link good', async () => {
  const { setup, form, submit } = await serveSetup();
  setup.passwordHasher.overloaded = 'hash';
  expect(await submit(form)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  setup.passwordHasher.overloaded = 'never';
  expect((await submit(form)).status).toBe(200);
});

test('makes an administrator of the account that has the email', async () => {
  const { setup, form, submit } = await serveSetup();
  const { id } = await createAccount(setup, { email: 'root@example.com' });
  expect((await submit(form)).status).toBe(200);
  expect((await setup.accounts.findById(id))?.roles).toEqual(['admin']);
});

test('prints what was typed as text, and never the password', async () => {
  const { form, submit } = await serveSetup(testPages);
  const { body } = await submit({ ...form, email: '"><script>alert(1)</script>', password: 'tooshort1' });
  expect(body).toContain('&#34;&#62;&#60;script&#62;');
  expect(body).not.toMatch(/<script>|tooshort1/);
});
