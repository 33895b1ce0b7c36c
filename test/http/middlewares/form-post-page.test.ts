import { createHash } from 'node:crypto';
import type { Middleware } from 'koa';
import { formPostPage } from '../../../src/http/middlewares/form-post-page.js';
import { CONTENT_SECURITY_POLICY, securityHeaders } from '../../../src/http/middlewares/security-headers.js';
import { BROWSER, testPages, useHttpApps, type HttpAnswer } from '../../support/http-app.js';
import { createLibraryMiddleware } from '../../support/library-middleware.js';

const serve = useHttpApps();
const ISSUER = 'https://id.example.com';
const REDIRECT_URI = 'https://shop.example.com/cb?a=1&b=%22';

const serveBefore = (last: Middleware) => serve(securityHeaders(ISSUER), formPostPage('/', testPages), last);

/** What a browser would post, by the page's own form. */
function formOf({ body }: HttpAnswer): { action: string; fields: Record<string, string> } {
  const text = (escaped = ''): string =>
    escaped.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return {
    action: text(/<form method="post" action="([^"]*)"/.exec(body)?.[1]),
    fields: Object.fromEntries(inputs.map(([, name, value]) => [text(name), text(value)])),
  };
}

describe('the page that the library writes (OAuth 2.0 Form Post Response Mode §2)', () => {
  const library = createLibraryMiddleware(ISSUER, {
    client_id: 'shop',
    token_endpoint_auth_method: 'none',
    redirect_uris: [REDIRECT_URI],
  });

  /** An error response needs nobody to sign in; codes go the same way. */
  async function askLibrary(state: string): Promise<HttpAnswer> {
    const app = await serveBefore(library);
    const query = new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      response_mode: 'form_post',
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      prompt: 'none',
      code_challenge: createHash('sha256').update('verifier').digest('base64url'),
      code_challenge_method: 'S256',
      state,
    });
    return app.ask(`/auth?${query.toString()}`, {
      headers: { ...BROWSER, host: 'id.example.com', 'x-forwarded-proto': 'https' },
    });
  }

  test.each([
    'plain',
    `"quotes" and 'more'`,
    'a&b=c&amp;d',
    '&#39; &quot; &#x27; &lt; &amp;#39; &amp;amp;',
    '<script>alert(1)</script>',
    'Zürich – 東京 – 🗝',
    '"><input type="hidden" name="code" value="stolen"/>',
    'a\nb',
    '$& $1 $$',
  ])('is redrawn with exactly its values: %j', async (state) => {
    const answer = await askLibrary(state);
    expect(formOf(answer)).toEqual({
      action: REDIRECT_URI,
      fields: {
        error: 'login_required',
        error_description: 'End-User authentication is required',
        state,
        iss: ISSUER,
      },
    });
  });

  test('keeps its status, is stored by nobody, and has no script of the library in it', async () => {
    const answer = await askLibrary('plain');
    expect(answer.status).toBe(400);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(answer.body).toContain('<html lang="en"');
    expect(answer.body).not.toContain('Submitting Callback');
    expect(answer.body).not.toMatch(/<script>/);
  });

  test('may be posted anywhere, and is held to the rest of the policy', async () => {
    const policy = String((await askLibrary('plain')).headers['content-security-policy']);
    const directives = CONTENT_SECURITY_POLICY.split('; ');
    expect(policy.split('; ')).toEqual(
      directives.filter((directive) => !directive.startsWith('form-action')),
    );
    expect(directives).toContain("form-action 'self'");
  });
});

describe('any other answer', () => {
  const OURS = '<!DOCTYPE html>\n<title>Sign in</title><form method="post" action="/login"></form>';

  test.each([
    ['a page with a form', OURS],
    ['a page that quotes the library', `${OURS}&lt;title>Submitting Callback&lt;/title>`],
    ['text with the title only', '<title>Submitting Callback</title>'],
    [
      "the library's page inside another",
      `x<!DOCTYPE html><title>Submitting Callback</title><form method="post" action="x">`,
    ],
  ])('is left as it is: %s', async (_, body) => {
    const app = await serveBefore((ctx) => {
      ctx.type = 'html';
      ctx.body = body;
    });
    const answer = await app.ask('/');
    expect(answer.body).toBe(body);
    expect(answer.headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  });

  test('is left as it is: JSON, bytes and nothing', async () => {
    const app = await serveBefore((ctx) => {
      if (ctx.path === '/json') ctx.body = { access_token: 'x' };
      else if (ctx.path === '/bytes') ctx.body = Buffer.from(OURS);
      else ctx.status = 204;
    });
    expect((await app.ask('/json')).json()).toEqual({ access_token: 'x' });
    expect((await app.ask('/bytes')).body).toBe(OURS);
    expect((await app.ask('/empty')).status).toBe(204);
  });
});
