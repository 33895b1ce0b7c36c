import { createHomeRouter } from '../../src/http/home.js';
import { testPages, useHttpApps } from '../support/http-app.js';

const serve = useHttpApps();

async function askHome(issuer: string, administratorExists?: () => Promise<boolean>): Promise<string> {
  const app = await serve(createHomeRouter({ issuer, pages: testPages, administratorExists }));
  const answer = await app.ask('/');
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  return answer.body;
}

test.each(['https://id.example.com', 'https://id.example.com/', 'https://example.com/id'])(
  'names the issuer %s and where its configuration is (OpenID Connect Discovery 1.0 §4)',
  async (issuer) => {
    const page = await askHome(issuer);
    expect(page).toContain(`<code dir="ltr">${issuer}</code>`);
    expect(page).toContain(`href="${issuer.replace(/\/$/, '')}/.well-known/openid-configuration"`);
  },
);

test('tells developers what to do next, the administrator first', async () => {
  const first = await askHome('http://localhost:3000', () => Promise.resolve(false));
  expect(first).toMatch(/-- admin link[\s\S]*-- \\\n {2}client create[\s\S]*-- \\\n {2}user create/);
  const later = await askHome('http://localhost:3000', () => Promise.resolve(true));
  expect(later).not.toContain('-- admin link');
  expect(later).toContain('client create');
});

test('leads people who have come here to their account', async () => {
  expect(await askHome('https://id.example.com')).toContain(
    '<a class="button" href="/account">Your account</a>',
  );
});

test('tells nothing of the inside in production', async () => {
  expect(await askHome('https://id.example.com')).not.toMatch(/npm run|latchkey --/);
});
