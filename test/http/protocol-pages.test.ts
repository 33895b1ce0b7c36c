import type { Context } from 'koa';
import { requestId } from '../../src/http/middlewares/request-id.js';
import { createProtocolPages } from '../../src/http/protocol-pages.js';
import type { PageClient, PageContext, ProtocolPages } from '../../src/provider/protocol-pages.js';
import { modelPages, shownPage, testPages, useHttpApps } from '../support/http-app.js';

const serve = useHttpApps();

const CLIENT: PageClient = {
  clientId: 'shop',
  name: 'Shop <b>',
  uri: 'https://shop.example.com',
  logoUri: undefined,
  policyUri: undefined,
  tosUri: undefined,
  initiateLoginUri: undefined,
  look: {},
};

type Draw = (pages: ProtocolPages, ctx: PageContext) => void;

/** The library's context is a Koa context with more on it, of which the pages read nothing. */
const asPageContext = (ctx: Context): PageContext => ctx as Context & Pick<PageContext, 'oidc'>;

async function draw(work: Draw, { forDevelopers = false, status = 200, pages = modelPages } = {}) {
  const protocolPages = createProtocolPages(pages, { forDevelopers });
  const app = await serve(requestId, (ctx) => {
    ctx.status = status;
    work(protocolPages, asPageContext(ctx));
  });
  return app.ask('/');
}

describe('an error', () => {
  const problem = { error: 'invalid_request', client: undefined, detail: 'redirect_uri is missing' };

  test.each([
    ['invalid_request', 'invalid_request'],
    ['unsupported_response_type', 'invalid_request'],
    ['invalid_client', 'unknown_client'],
    ['invalid_redirect_uri', 'invalid_redirect_uri'],
    ['access_denied', 'access_denied'],
    ['server_error', 'server_error'],
    ['temporarily_unavailable', 'unavailable'],
  ])('%s is told people as %s, with the status of the library (RFC 6749 §4.1.2.1)', async (error, kind) => {
    const answer = await draw((pages, ctx) => pages.error(ctx, { ...problem, error }), { status: 400 });
    expect(answer.status).toBe(400);
    expect(shownPage(answer)).toMatchObject({
      page: 'error',
      model: { kind, reference: answer.headers['x-request-id'] },
    });
    expect(shownPage(answer).model).not.toHaveProperty('details');
  });

  test('tells developers what the protocol says', async () => {
    const answer = await draw((pages, ctx) => pages.error(ctx, { ...problem, client: CLIENT }), {
      forDevelopers: true,
    });
    expect(shownPage(answer).model['details']).toEqual([
      { label: 'error', value: 'invalid_request' },
      { label: 'error_description', value: 'redirect_uri is missing' },
      { label: 'client_id', value: 'shop' },
    ]);
    const without = await draw((pages, ctx) => pages.error(ctx, { ...problem, detail: undefined }), {
      forDevelopers: true,
    });
    expect(shownPage(without).model['details']).toEqual([{ label: 'error', value: 'invalid_request' }]);
  });

  test('tells them why, and nobody else', async () => {
    const explanation = [{ label: 'Sent', value: 'http://localhost/', unlogged: true as const }];
    const explained = (forDevelopers: boolean) =>
      draw((pages, ctx) => pages.error(ctx, { ...problem, explanation }), { forDevelopers });
    expect(shownPage(await explained(true)).model['details']).toContainEqual({
      label: 'Sent',
      value: 'http://localhost/',
    });
    expect(shownPage(await explained(false)).model).not.toHaveProperty('details');
  });

  test('leads back to the app, where a sign-in begins if it says where', async () => {
    const back = async (client: PageClient | undefined) =>
      shownPage(await draw((pages, ctx) => pages.error(ctx, { ...problem, client }))).model;
    expect(await back(CLIENT)).toMatchObject({ backUri: CLIENT.uri, backLabel: CLIENT.name });
    const initiateLoginUri = 'https://shop.example.com/login';
    expect(await back({ ...CLIENT, initiateLoginUri })).toMatchObject({ backUri: initiateLoginUri });
    expect(await back(undefined)).not.toHaveProperty('backUri');
  });

  test('shows what comes from outside as text', async () => {
    const detail = '<script>alert(1)</script>';
    const answer = await draw((pages, ctx) => pages.error(ctx, { ...problem, client: CLIENT, detail }), {
      forDevelopers: true,
      pages: testPages,
    });
    expect(answer.body).toContain('&#60;script&#62;alert(1)');
    expect(answer.body).not.toMatch(/<script>|Shop <b>/);
  });
});

describe('signing out (OpenID Connect RP-Initiated Logout 1.0 §2)', () => {
  const form = { action: '/session/end/confirm', xsrf: 'x' };

  test('asks, naming the app and the account', async () => {
    const answer = await draw((pages, ctx) =>
      pages.logout(ctx, { ...form, client: CLIENT, account: 'jo@example.com' }),
    );
    expect(shownPage(answer)).toMatchObject({
      page: 'logout',
      model: { ...form, clientName: CLIENT.name, account: { label: 'jo@example.com' } },
    });
  });

  test('asks where neither is known', async () => {
    const answer = await draw((pages, ctx) =>
      pages.logout(ctx, { ...form, client: undefined, account: undefined }),
    );
    expect(shownPage(answer)).toEqual({ page: 'logout', model: form });
  });

  test('ends with a way back to the app', async () => {
    const answer = await draw((pages, ctx) => pages.loggedOut(ctx, { client: CLIENT, account: undefined }));
    expect(shownPage(answer)).toEqual({
      page: 'logout-done',
      model: { clientName: CLIENT.name, clientUri: CLIENT.uri },
    });
  });

  test('says who is still signed in', async () => {
    const answer = await draw((pages, ctx) =>
      pages.loggedOut(ctx, { client: undefined, account: 'jo@example.com' }),
    );
    expect(shownPage(answer)).toEqual({
      page: 'logout-done',
      model: { account: { label: 'jo@example.com' } },
    });
  });
});

describe('a device (RFC 8628 §3.3)', () => {
  const form = { action: '/device', xsrf: 'x', userCode: 'ABCD-EFGH' };

  test.each([
    [undefined, 200, undefined],
    ['missing', 422, 'user_code_missing'],
    ['invalid', 422, 'user_code_invalid'],
    ['form_rejected', 422, 'form_rejected'],
  ] as const)('is asked for its code, after the fault %s with %i', async (fault, status, expected) => {
    const answer = await draw((pages, ctx) => pages.deviceCode(ctx, { ...form, fault }));
    expect(answer.status).toBe(status);
    expect(shownPage(answer)).toMatchObject({
      page: 'device-code',
      model: { ...form, example: 'WDJB-MJHT' },
    });
    expect(shownPage(answer).model['fault']).toBe(expected);
  });

  test('that was refused is done', async () => {
    const answer = await draw((pages, ctx) => pages.deviceCode(ctx, { ...form, fault: 'aborted' }));
    expect(answer.status).toBe(200);
    expect(shownPage(answer)).toEqual({ page: 'device-done', model: { outcome: 'denied' } });
  });

  test('is confirmed by its code, its app and what it says of itself', async () => {
    const device = { ip: '203.0.113.9', userAgent: 'TV' };
    const answer = await draw((pages, ctx) => pages.deviceConfirm(ctx, { ...form, client: CLIENT, device }));
    expect(shownPage(answer)).toEqual({
      page: 'device-confirm',
      model: { ...form, clientName: CLIENT.name, device },
    });
  });

  test('that was allowed is done', async () => {
    const answer = await draw((pages, ctx) => pages.deviceDone(ctx, { client: CLIENT }));
    expect(shownPage(answer)).toEqual({
      page: 'device-done',
      model: { outcome: 'allowed', clientName: CLIENT.name },
    });
  });
});
