import { randomBytes } from 'node:crypto';
import type { DataKeyStore } from '../domain/data-keys/data-key-store.js';
import { DomainError } from '../domain/errors.js';
import type { Sealer } from '../domain/sealing.js';
import { deriveKey } from './derive-key.js';
import { createSealedBox } from './sealed-box.js';

const CONTEXT = Buffer.from('data-key');

/**
 * Opens the key from which every key that must outlive a change of `SECRET_KEY` is derived. It is made at the first
 * start and kept in the database, sealed under the first of the secret keys; a key sealed under a later one of them is
 * sealed anew, which is how `SECRET_KEY` is rotated.
 * @param secretKeys the operator's secret keys, the current one first
 * @returns 32 bytes
 * @throws {DomainError} `secret_key_mismatch` when none of the secret keys opens it
 */
export async function openDataKey(
  store: DataKeyStore,
  secretKeys: readonly [string, ...string[]],
): Promise<Buffer> {
  const boxes = secretKeys.map((secretKey) => createSealedBox(deriveKey(secretKey, 'data-key')));
  const [current] = boxes;
  if (!current) throw new DomainError('secret_key_mismatch', 'SECRET_KEY is empty.');

  let sealed = await store.read();
  if (!sealed) {
    await store.insertFirst(current.seal(randomBytes(32), CONTEXT));
    sealed = await store.read();
  }
  if (!sealed) throw new Error('the data key was stored and is not there');

  for (const [index, box] of boxes.entries()) {
    const key = tryToOpen(box, sealed);
    if (!key) continue;
    if (index > 0) await store.reseal(sealed, current.seal(key, CONTEXT));
    return key;
  }
  throw new DomainError(
    'secret_key_mismatch',
    'SECRET_KEY is not the one that this database was set up with. Set the earlier value, or, to change it, put the new value first and the earlier one behind a comma.',
  );
}

function tryToOpen(box: Sealer, sealed: Buffer): Buffer | undefined {
  try {
    return box.open(sealed, CONTEXT);
  } catch {
    return undefined;
  }
}
