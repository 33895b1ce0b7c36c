import type { Consent } from '../../../src/domain/consents/consent.js';
import type { ConsentStore } from '../../../src/domain/consents/consent-store.js';

/**
 * What every consent store must do.
 * @param open gives an empty store and the id of an account that exists
 */
export function describeConsentStore(open: () => Promise<{ store: ConsentStore; accountId: string }>): void {
  let store: ConsentStore;
  let base: Consent;
  beforeEach(async () => {
    const opened = await open();
    store = opened.store;
    base = {
      accountId: opened.accountId,
      clientId: 'shop',
      scopes: ['openid'],
      claims: [],
      resourceScopes: {},
      grantedAt: new Date('2026-11-23T12:00:00Z'),
    };
  });

  test('knows nothing that was not allowed', async () => {
    expect(await store.find(base.accountId, 'shop')).toBeUndefined();
  });

  test('adds to what was allowed before and takes nothing away', async () => {
    await store.add({
      ...base,
      resourceScopes: { 'https://a.example': ['read'], 'https://b.example': ['x'] },
    });
    const later = new Date('2026-11-24T12:00:00Z');
    await store.add({
      ...base,
      scopes: ['email'],
      claims: ['name'],
      resourceScopes: { 'https://a.example': ['write', 'read'] },
      grantedAt: later,
    });
    expect(await store.find(base.accountId, 'shop')).toEqual({
      ...base,
      scopes: ['email', 'openid'],
      claims: ['name'],
      resourceScopes: { 'https://a.example': ['read', 'write'], 'https://b.example': ['x'] },
      grantedAt: later,
    });
  });

  test('keeps every one of many consents given at once', async () => {
    const scopes = Array.from({ length: 20 }, (_, index) => `scope-${String(index).padStart(2, '0')}`);
    await Promise.all(scopes.map((scope) => store.add({ ...base, scopes: [scope] })));
    expect((await store.find(base.accountId, 'shop'))?.scopes).toEqual(scopes);
  });

  test('keeps clients apart', async () => {
    await store.add(base);
    expect(await store.find(base.accountId, 'other')).toBeUndefined();
    expect(await store.remove(base.accountId, 'other')).toBe(false);
    expect(await store.find(base.accountId, 'shop')).toBeDefined();
  });

  test('removes one consent, or all of a client', async () => {
    await store.add(base);
    expect(await store.remove(base.accountId, 'shop')).toBe(true);
    expect(await store.find(base.accountId, 'shop')).toBeUndefined();
    await store.add(base);
    await store.add({ ...base, clientId: 'other' });
    expect(await store.removeClient('shop')).toBe(1);
    expect(await store.find(base.accountId, 'shop')).toBeUndefined();
    expect(await store.find(base.accountId, 'other')).toBeDefined();
  });
  test('lists all that an account has allowed, by client', async () => {
    expect(await store.listAccount(base.accountId)).toEqual([]);
    await store.add({ ...base, clientId: 'zoo' });
    await store.add(base);
    expect(await store.listAccount(base.accountId)).toEqual([base, { ...base, clientId: 'zoo' }]);
    expect(await store.listAccount('01938f6e-4bd1-7a52-9d2f-1c0f6a9b2e77')).toEqual([]);
  });
}
