import { randomBytes } from 'node:crypto';
import type { PasskeyStore } from '../../../src/domain/passkeys/passkey-store.js';
import type { Passkey } from '../../../src/domain/passkeys/passkey.js';
import { newAccountId } from '../../../src/domain/accounts/account-id.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T12:30:00Z');

/** What every store of passkeys does. @param open makes an empty one, with two accounts */
export function describePasskeyStore(
  open: () => Promise<{ store: PasskeyStore; accountIds: readonly [string, string] }>,
): void {
  const passkeyOf = (accountId: string, over: Partial<Passkey> = {}): Passkey => ({
    id: newAccountId(NOW),
    accountId,
    credentialId: randomBytes(32),
    publicKey: randomBytes(77),
    signCount: 0,
    transports: ['internal', 'hybrid'],
    aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
    multiDevice: true,
    backedUp: false,
    userVerified: true,
    name: 'iCloud Keychain',
    createdAt: NOW,
    lastUsedAt: undefined,
    ...over,
  });

  test('keeps passkeys whole, and lists those of an account, the oldest first', async () => {
    const { store, accountIds } = await open();
    const first = passkeyOf(accountIds[0], { signCount: 4_294_967_295 });
    const second = passkeyOf(accountIds[0], { lastUsedAt: LATER });
    const others = passkeyOf(accountIds[1]);
    for (const passkey of [second, first, others]) expect(await store.insert(passkey)).toBe(true);
    expect(await store.listForAccount(accountIds[0])).toEqual([first, second]);
    expect(await store.countFor(accountIds[0])).toBe(2);
    expect(await store.findByCredentialId(others.credentialId)).toEqual(others);
    expect(await store.findByCredentialId(randomBytes(32))).toBeUndefined();
  });

  test('keeps no credential twice, whosever it is', async () => {
    const { store, accountIds } = await open();
    const passkey = passkeyOf(accountIds[0]);
    expect(await store.insert(passkey)).toBe(true);
    expect(await store.insert(passkeyOf(accountIds[1], { credentialId: passkey.credentialId }))).toBe(false);
    expect(await store.countFor(accountIds[1])).toBe(0);
  });

  test.each([
    [0, 0, true],
    [0, 1, true],
    [7, 8, true],
    [7, 7, false],
    [7, 6, false],
    [7, 0, false],
  ])('after %i uses, a count of %i: noted %s (WebAuthn Level 3 §6.1.1)', async (before, signCount, noted) => {
    const { store, accountIds } = await open();
    const passkey = passkeyOf(accountIds[0], { signCount: before });
    await store.insert(passkey);
    expect(await store.noteUse(passkey.id, { signCount, backedUp: true, at: LATER })).toBe(noted);
    expect(await store.findByCredentialId(passkey.credentialId)).toEqual(
      noted ? { ...passkey, signCount, backedUp: true, lastUsedAt: LATER } : passkey,
    );
  });

  test('renames and removes only passkeys of the account', async () => {
    const { store, accountIds } = await open();
    const passkey = passkeyOf(accountIds[0]);
    await store.insert(passkey);
    expect(await store.rename(accountIds[1], passkey.id, 'Mine')).toBe(false);
    expect(await store.remove(accountIds[1], passkey.id)).toBeUndefined();
    expect(await store.rename(accountIds[0], passkey.id, 'Mine')).toBe(true);
    expect(await store.remove(accountIds[0], passkey.id)).toEqual({ ...passkey, name: 'Mine' });
    expect(await store.remove(accountIds[0], passkey.id)).toBeUndefined();
    expect(await store.noteUse(passkey.id, { signCount: 1, backedUp: true, at: LATER })).toBe(false);
  });
}
