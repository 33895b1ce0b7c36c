import { DomainError } from '../errors.js';
import type { Stores } from '../unit-of-work.js';
import type { SigningKeyDependencies } from './ensure-signing-keys.js';
import {
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
  type SigningKeyPlan,
} from './signing-key.js';

export interface RotateSigningKeysDeps extends SigningKeyDependencies {
  readonly signingKeyPlan: SigningKeyPlan;
}

export interface RotateSigningKeysInput {
  /** Default: all. */
  readonly algorithms?: readonly SigningAlgorithm[] | undefined;
  /**
   * The new keys sign at once: for a key that is known to others. Applications that keep the key set for a while refuse
   * what they sign until they ask again.
   */
  readonly immediately?: boolean | undefined;
}

/**
 * Publishes a new key for each of the algorithms. Some time later it signs in place of the one until now, which stays
 * published for what it has signed.
 * @returns the keys that sign next, or from now on
 * @throws {DomainError} `rotation_pending` where a new key of an algorithm is published already and does not sign yet
 */
export async function rotateSigningKeys(
  deps: RotateSigningKeysDeps,
  { algorithms = SIGNING_ALGORITHMS, immediately = false }: RotateSigningKeysInput = {},
): Promise<readonly SigningKey[]> {
  return deps.unitOfWork.run(async (stores) => {
    await stores.signingKeys.lock();
    const before = await stores.signingKeys.list();
    const next: SigningKey[] = [];
    for (const algorithm of new Set(algorithms)) {
      next.push(await rotateAlgorithm(deps, stores, before, { algorithm, immediately }));
    }
    return next;
  });
}

/**
 * Rotates one algorithm. The caller holds the lock of the keys.
 * @param before the keys as they are
 * @throws {DomainError} `rotation_pending`
 */
export async function rotateAlgorithm(
  { clock, signingKeyGenerator, signingKeyPlan }: Omit<RotateSigningKeysDeps, 'unitOfWork'>,
  { signingKeys, audit }: Pick<Stores, 'signingKeys' | 'audit'>,
  before: readonly SigningKey[],
  { algorithm, immediately }: { readonly algorithm: SigningAlgorithm; readonly immediately: boolean },
): Promise<SigningKey> {
  const now = clock.now();
  const current = before.filter((key) => key.algorithm === algorithm);
  const pending = current.find((key) => key.signsFrom > now);
  if (pending && !immediately) {
    throw new DomainError(
      'rotation_pending',
      `A new ${algorithm} key is published already and signs from ${pending.signsFrom.toISOString()}. ` +
        'Wait for it, or have it sign at once.',
    );
  }
  const signsFrom = immediately ? now : new Date(now.getTime() + signingKeyPlan.publishSeconds * 1000);
  const next = pending
    ? { ...pending, signsFrom }
    : await signingKeyGenerator.generate(algorithm, { createdAt: now, signsFrom });
  if (pending) await signingKeys.plan(pending.kid, { signsFrom, retiredAt: undefined });
  else await signingKeys.insert(next);

  const replaced = current.filter(
    (key) => key.kid !== next.kid && (key.retiredAt === undefined || key.retiredAt > signsFrom),
  );
  for (const old of replaced) {
    await signingKeys.plan(old.kid, { signsFrom: old.signsFrom, retiredAt: signsFrom });
  }
  audit.record({
    type: 'signing_key.rotated',
    subject: { kind: 'signing_key', id: next.kid },
    details: {
      algorithm,
      signs_from: signsFrom.toISOString(),
      retired: replaced.map(({ kid }) => kid),
    },
  });
  return next;
}
