import { randomBytes } from 'node:crypto';
import type { PasskeyChallengeStore } from '../../../src/domain/passkeys/passkey-challenge-store.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T12:05:00Z');

/** What every store of passkey challenges must do. */
export function describePasskeyChallengeStore(open: () => PasskeyChallengeStore): void {
  const bindingHash = randomBytes(32);
  const challenge = (byte: number) => ({
    bindingHash,
    challengeHash: Buffer.alloc(32, byte),
    expiresAt: LATER,
  });

  test('challenges are taken once, however many ask at the same time', async () => {
    await open().replace(challenge(2));
    const taken = await Promise.all(Array.from({ length: 20 }, () => open().take(bindingHash, NOW)));
    expect(taken.filter((hash) => hash !== undefined)).toEqual([Buffer.alloc(32, 2)]);
  });

  test('challenges take the place of the one before', async () => {
    await open().replace(challenge(2));
    await open().replace(challenge(3));
    expect(await open().take(bindingHash, NOW)).toEqual(Buffer.alloc(32, 3));
    expect(await open().take(bindingHash, NOW)).toBeUndefined();
  });

  test('challenges expire', async () => {
    await open().replace(challenge(2));
    expect(await open().take(bindingHash, LATER)).toBeUndefined();
    expect(await open().take(randomBytes(32), NOW)).toBeUndefined();
  });
}
