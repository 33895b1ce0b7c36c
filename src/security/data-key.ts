import { randomBytes } from 'node:crypto';
import type { DataKeyStore } from '../domain/data-keys/data-key-store.js';
import type { SecretKeyState } from '../domain/doctor/check-secret-key.js';
import { DomainError } from '../domain/errors.js';
import type { Sealer } from '../domain/sealing.js';
import { deriveKey } from './derive-key.js';
import { createSealedBox } from './sealed-box.js';

const CONTEXT = Buffer.from('data-key');

/**
 * Opens the key of the database and changes nothing, for those who look whether all is well.
 * @param secretKeys the operator's secret keys, the current one first
 * @returns how the secret keys stand to it, and the key itself, 32 bytes, where one of them opens it
 */
export async function examineDataKey(
  store: Pick<DataKeyStore, 'read'>,
  secretKeys: readonly string[],
): Promise<{ readonly state: SecretKeyState; readonly dataKey: Buffer | undefined }> {
  const sealed = await store.read();
  if (!sealed) return { state: 'absent', dataKey: undefined };
  for (const [index, secretKey] of secretKeys.entries()) {
    const dataKey = tryToOpen(createSealedBox(deriveKey(secretKey, 'data-key')), sealed);
    if (dataKey) return { state: index === 0 ? 'current' : 'earlier', dataKey };
  }
  return { state: 'mismatch', dataKey: undefined };
}

/**
 * Opens the key from which every key that must outlive a change of `SECRET_KEY` is derived. It is made at the first
 * start and kept in the database, sealed under the first of the secret keys; a key sealed under a later one of them is
 * sealed anew, which is how `SECRET_KEY` is rotated.
 * @param secretKeys the operator's secret keys, the current one first
 * @returns 32 bytes
 * @throws {DomainError} `secret_key_mismatch` when none of the secret keys opens it
 */
export async function openDataKey(
  store: Omit<DataKeyStore, 'readIssuanceEpoch'>,
  secretKeys: readonly [string, ...string[]],
): Promise<Buffer> {
  const [current] = secretKeys;
  let sealed = await store.read();
  if (!sealed) {
    await store.insertFirst(boxOf(current).seal(randomBytes(32), CONTEXT));
    sealed = await store.read();
  }
  if (!sealed) throw new Error('the data key was stored and is not there');

  const { key, openedBy } = openSealedDataKey(sealed, secretKeys);
  if (openedBy !== current) await store.reseal(sealed, boxOf(current).seal(key, CONTEXT));
  return key;
}

/**
 * Opens a data key that is not, or not yet, in the database.
 * @param secretKeys the operator's secret keys, the current one first
 * @returns the key, 32 bytes, and which of the secret keys opened it
 * @throws {DomainError} `secret_key_mismatch` when none of them does
 */
export function openSealedDataKey(
  sealed: Buffer,
  secretKeys: readonly string[],
): { readonly key: Buffer; readonly openedBy: string } {
  for (const secretKey of secretKeys) {
    const key = tryToOpen(boxOf(secretKey), sealed);
    if (key) return { key, openedBy: secretKey };
  }
  throw new DomainError(
    'secret_key_mismatch',
    'SECRET_KEY is not the one that this database was set up with. Set the earlier value, or, to change it, put the new value first and the earlier one behind a comma.',
  );
}

/** Tells one secret key from another, and tells nothing else of it: eight hexadecimal digits. */
export function secretKeyFingerprint(secretKey: string): string {
  return deriveKey(secretKey, 'fingerprint').subarray(0, 4).toString('hex');
}

function boxOf(secretKey: string): Sealer {
  return createSealedBox(deriveKey(secretKey, 'data-key'));
}

function tryToOpen(box: Sealer, sealed: Buffer): Buffer | undefined {
  try {
    return box.open(sealed, CONTEXT);
  } catch {
    return undefined;
  }
}
