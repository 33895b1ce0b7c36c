import { createAccount } from '../../../src/domain/accounts/create-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { grantInformation, type Grant } from '../../../src/domain/grants/grant.js';
import { listGrants } from '../../../src/domain/grants/list-grants.js';
import { revokeGrants } from '../../../src/domain/grants/revoke-grants.js';
import { createAccountDeps, faultsOf, refusalOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
let ada: Account;

const grantOf = (id: string, accountId: string, clientId: string): Grant => ({
  id,
  accountId,
  clientId,
  scopes: ['openid'],
  claims: [],
  resourceScopes: { 'https://api.example': ['read'] },
  grantedAt: new Date('2026-11-23T12:00:00Z'),
  expiresAt: undefined,
});

beforeEach(async () => {
  deps = createAccountDeps();
  ada = await createAccount(deps, { email: 'ada@example.com' });
  deps.audit.entries.splice(0);
  deps.grants.grants = [
    grantOf('1', ada.id, 'shop'),
    grantOf('2', ada.id, 'shop'),
    grantOf('3', 'bob', 'shop'),
  ];
});

describe('listGrants', () => {
  test('answers pages, by account and client', async () => {
    const first = await listGrants(deps, { limit: 2, clientId: 'shop' });
    expect(first.grants.map(({ id }) => id)).toEqual(['1', '2']);
    const last = await listGrants(deps, { limit: 2, clientId: 'shop', after: first.next });
    expect(last.grants.map(({ id }) => id)).toEqual(['3']);
    expect((await listGrants(deps, { accountId: 'bob' })).grants).toHaveLength(1);
    expect((await listGrants(deps, { clientId: 'other' })).grants).toEqual([]);
  });

  test('refuses a page of a wrong size, and a place that is none', async () => {
    expect(await faultsOf(listGrants(deps, { limit: 201 }))).toEqual(['limit: out_of_range']);
    expect(await faultsOf(listGrants(deps, { after: 'nowhere' }))).toEqual(['after: cursor_invalid']);
  });

  test('tells of a grant in JSON', () => {
    expect(grantInformation(grantOf('1', 'ada', 'shop'), 'Shop')).toEqual({
      id: '1',
      user_id: 'ada',
      client_id: 'shop',
      client_name: 'Shop',
      scopes: ['openid'],
      claims: [],
      resources: [{ identifier: 'https://api.example', scopes: ['read'] }],
      granted_at: '2026-11-23T12:00:00.000Z',
      expires_at: null,
    });
  });
});

describe('revokeGrants', () => {
  const consent = { scopes: ['openid'], claims: [], resourceScopes: {}, grantedAt: new Date(0) };

  test('takes the consent and all grants of the client back, and says so', async () => {
    await deps.consents.add({ ...consent, accountId: ada.id, clientId: 'shop' });
    await deps.consents.add({ ...consent, accountId: ada.id, clientId: 'other' });
    const revoked = await revokeGrants(deps, { accountId: ada.id, clientId: 'shop' });
    expect(revoked).toEqual({ consent: true, grants: 2 });
    expect(deps.grants.grants.map(({ id }) => id)).toEqual(['3']);
    expect(await deps.consents.find(ada.id, 'shop')).toBeUndefined();
    expect(await deps.consents.find(ada.id, 'other')).toBeDefined();
    const subject = { kind: 'user', id: ada.id };
    expect(deps.audit.entries).toEqual([
      { type: 'consent.revoked', subject, clientId: 'shop' },
      { type: 'grant.revoked', subject, clientId: 'shop', details: { grants: 2 } },
    ]);
  });

  test('does nothing, and tells nothing, where there is nothing', async () => {
    const revoked = await revokeGrants(deps, { accountId: ada.id, clientId: 'other' });
    expect(revoked).toEqual({ consent: false, grants: 0 });
    expect(deps.audit.entries).toEqual([]);
  });

  test('refuses an account that is not there', async () => {
    const refused = revokeGrants(deps, { accountId: 'nobody', clientId: 'shop' });
    expect((await refusalOf(refused)).code).toBe('not_found');
  });
});
