import type { CurrentInteraction } from '../../src/provider/interactions.js';
import { shownPage } from '../support/http-app.js';
import { LOGIN, RESUME, useInteractionApps } from '../support/interaction-app.js';

const serveInteractions = useInteractionApps();

describe('consent', () => {
  async function serveConsent(over: Partial<CurrentInteraction> = {}) {
    const served = await serveInteractions();
    served.interactions.now = {
      ...LOGIN,
      prompt: 'consent',
      accountId: served.accountId,
      requestedScopes: ['openid', 'email', 'offline_access'],
      missing: {
        scopes: ['email'],
        claims: [],
        resourceScopes: { 'https://api.example.com': ['orders:read'] },
      },
      ...over,
    };
    return served;
  }

  test('shows what the app would see, at which resource, for how long, and where it leads', async () => {
    const { show } = await serveConsent();
    expect(shownPage(await show())).toMatchObject({
      page: 'consent',
      model: {
        action: '/interaction/one/consent',
        clientName: 'Shop',
        policyUri: 'https://shop.example.com/policy',
        account: { label: 'jo@example.com' },
        scopes: [{ name: 'openid' }, { name: 'email', value: 'jo@example.com' }],
        resources: [
          {
            name: 'https://api.example.com',
            scopes: [{ name: 'orders:read', sentence: 'See your orders' }],
          },
        ],
        redirectHost: 'shop.example.com',
        offlineAccess: true,
        durationDays: 30,
      },
    });
  });

  test.each([
    ['com.example.app:/callback', 'com.example.app'],
    ['http://127.0.0.1:4711/cb', '127.0.0.1:4711'],
    [undefined, ''],
  ])('says that %s leads to %j', async (redirectUri, redirectHost) => {
    const { show } = await serveConsent({ redirectUri });
    expect(shownPage(await show()).model).toMatchObject({ redirectHost });
  });

  test('marks what is new since the last time', async () => {
    const { accountId, account, consents, show } = await serveConsent();
    await consents.add({
      accountId,
      clientId: 'shop',
      scopes: ['openid'],
      claims: [],
      resourceScopes: {},
      grantedAt: account.clock.now(),
    });
    expect(shownPage(await show()).model['scopes']).toMatchObject([
      { name: 'openid', isNew: false },
      { name: 'email', isNew: true },
    ]);
  });

  test('that is given is remembered, and goes on with the protocol', async () => {
    const { accountId, account, consents, interactions, post } = await serveConsent();
    const answer = await post('consent', { decision: 'allow' });
    expect(shownPage(answer)).toMatchObject({ page: 'continue', model: { continueUri: RESUME } });
    const allowed = {
      scopes: ['openid', 'email', 'offline_access'],
      claims: [],
      resourceScopes: { 'https://api.example.com': ['orders:read'] },
    };
    expect(interactions.finished).toEqual([allowed]);
    expect(await consents.find(accountId, 'shop')).toEqual({
      ...allowed,
      scopes: [...allowed.scopes].sort(),
      accountId,
      clientId: 'shop',
      grantedAt: account.clock.now(),
    });
  });

  test('that is denied tells the app, and nothing is remembered (RFC 6749 §4.1.2.1)', async () => {
    const { accountId, consents, interactions, post } = await serveConsent();
    const answer = await post('consent', { decision: 'deny' });
    expect(shownPage(answer).page).toBe('continue');
    expect(interactions.finished).toEqual(['End-User denied the request']);
    expect(await consents.find(accountId, 'shop')).toBeUndefined();
  });

  test.each([{}, { decision: '' }, { decision: 'maybe' }, { decision: 'ALLOW' }])(
    'is asked for again after %j',
    async (fields) => {
      const { interactions, post } = await serveConsent();
      const answer = await post('consent', fields);
      expect(shownPage(answer).page).toBe('consent');
      expect(interactions.finished).toEqual([]);
    },
  );

  test('cannot be given where something else is asked (OWASP ASVS 5.0 V2.3.1)', async () => {
    const { accountId, consents, interactions, post } = await serveConsent({ prompt: 'login' });
    const answer = await post('consent', { decision: 'allow' });
    expect(answer.status).toBe(400);
    expect(shownPage(answer).page).toBe('interaction-expired');
    expect(interactions.finished).toEqual([]);
    expect(await consents.find(accountId, 'shop')).toBeUndefined();
  });

  test('cannot be given by nobody', async () => {
    const { interactions, post } = await serveConsent({ accountId: undefined });
    expect((await post('consent', { decision: 'allow' })).status).toBe(400);
    expect(interactions.finished).toEqual([]);
  });
});
