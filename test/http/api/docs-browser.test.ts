import type { Browser } from 'playwright-core';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { launchBrowser } from '../../support/browser.js';
import { PASSWORD } from '../../support/server-fixture.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
let browser: Browser;
beforeAll(async () => {
  api = await startApiServer();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await api.stop();
});

it('signs an administrator in by code and PKCE, and calls the API (RFC 7636, RFC 8707)', async () => {
  const email = 'admin@example.test';
  const account = { email, emailVerified: true, password: PASSWORD, roles: ['admin'], grantor: OPERATOR };
  await createAccount(api.application, account);
  const page = await browser.newPage();
  const blocked: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) blocked.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(api.issuer) && !/^(data|blob|about):/.test(url)) elsewhere.push(url);
  });

  await page.goto(`${api.issuer}/api/v1/docs/`);
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.modal-ux');
  const opened = page.waitForEvent('popup');
  await dialog.locator('.auth-btn-wrapper .authorize').first().click();
  const popup = await opened;
  await popup.locator('input[name="username"]').fill(email);
  await popup.locator('input[name="password"]').fill(PASSWORD);
  const closed = popup.waitForEvent('close');
  await popup.locator('input[name="password"]').press('Enter');
  await closed;
  await dialog.getByText('Authorized', { exact: true }).first().waitFor();
  await dialog.locator('.btn-done').first().click();

  const operation = page.locator('#operations-roles-listRoles');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/v1/roles');
  await operation.getByRole('button', { name: 'Execute' }).click();
  expect((await answered).status()).toBe(200);
  expect({ blocked, elsewhere }).toEqual({ blocked: [], elsewhere: [] });
  await page.close();
});
