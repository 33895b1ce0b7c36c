import { randomBytes } from 'node:crypto';
import type { AccountLink } from '../../../src/domain/account-links/account-link.js';
import type { AccountLinkStore } from '../../../src/domain/account-links/account-link-store.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T12:30:00Z');

/**
 * What every store of account links must do.
 * @param open gives an empty store and the ids of two accounts that exist
 */
export function describeAccountLinkStore(
  open: () => Promise<{ store: AccountLinkStore; accountIds: readonly [string, string] }>,
): void {
  let store: AccountLinkStore;
  let ada: string;
  let bob: string;
  beforeEach(async () => {
    const opened = await open();
    store = opened.store;
    [ada, bob] = opened.accountIds;
  });

  const linkOf = (accountId: string, other: Partial<AccountLink> = {}): AccountLink => ({
    accountId,
    purpose: 'password_reset',
    tokenHash: randomBytes(32),
    email: 'ada@example.com',
    expiresAt: LATER,
    ...other,
  });
  const find = (link: AccountLink, at = NOW) => store.find(link.purpose, link.tokenHash, at);

  test('finds a link by its own token and purpose until it expires, and leaves it live (S36)', async () => {
    const link = linkOf(ada);
    await store.replace(link);
    expect(await find(link)).toEqual(link);
    expect(await find(link)).toEqual(link);
    expect(await find(linkOf(ada))).toBeUndefined();
    expect(await find({ ...link, purpose: 'email_verification' })).toBeUndefined();
    expect(await find(link, LATER)).toBeUndefined();
    expect(await store.redeem(link, LATER)).toBe(false);
  });

  test('keeps one link for each account and purpose', async () => {
    const earlier = linkOf(ada, { grantorPermissions: [] });
    const verification = linkOf(ada, { purpose: 'email_verification' });
    const others = linkOf(bob);
    for (const link of [earlier, verification, others]) await store.replace(link);
    const later = linkOf(ada, { email: 'new@example.com', grantorPermissions: ['users:read'] });
    await store.replace(later);
    expect(await find(earlier)).toBeUndefined();
    expect(await store.redeem(earlier, NOW)).toBe(false);
    for (const link of [later, verification, others]) expect(await find(link)).toEqual(link);
  });

  test('leaves one live when several are made at once', async () => {
    const links = Array.from({ length: 8 }, () => linkOf(ada));
    await Promise.all(links.map((link) => store.replace(link)));
    const found = await Promise.all(links.map((link) => find(link)));
    expect(found.filter(Boolean)).toHaveLength(1);
  });

  test('lets one of many at once use a link up', async () => {
    const link = linkOf(ada);
    await store.replace(link);
    const redeemed = await Promise.all(Array.from({ length: 20 }, () => store.redeem(link, NOW)));
    expect(redeemed.filter(Boolean)).toHaveLength(1);
    expect(await find(link)).toBeUndefined();
  });

  test('uses up no link of another account', async () => {
    const link = linkOf(ada);
    await store.replace(link);
    expect(await store.redeem({ ...link, accountId: bob }, NOW)).toBe(false);
    expect(await find(link)).toEqual(link);
  });

  test('removes what has expired', async () => {
    const link = linkOf(ada);
    await store.replace(link);
    await store.replace(linkOf(bob, { expiresAt: NOW }));
    expect(await store.purge(NOW)).toBe(1);
    expect(await store.purge(NOW)).toBe(0);
    expect(await find(link)).toEqual(link);
  });
}
