import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey } from './signing-key.js';

/** Makes new key pairs. */
export interface SigningKeyGenerator {
  /** @param times when the key is made and when it begins to sign */
  generate(
    algorithm: SigningAlgorithm,
    times: Pick<SigningKey, 'createdAt' | 'signsFrom'>,
  ): Promise<SigningKey>;
}

export interface SigningKeyDependencies {
  readonly unitOfWork: UnitOfWork<'signingKeys' | 'audit'>;
  readonly signingKeyGenerator: SigningKeyGenerator;
  readonly clock: Clock;
}

/**
 * Makes a key for every algorithm that has none to sign with, and answers all that are published. Several instances
 * may start at once: exactly one of them makes the keys. The first keys sign at once, since nobody knows others.
 */
export async function ensureSigningKeys(deps: SigningKeyDependencies): Promise<readonly SigningKey[]> {
  const { unitOfWork, signingKeyGenerator, clock } = deps;
  const missingFrom = (keys: readonly SigningKey[]): readonly SigningAlgorithm[] =>
    SIGNING_ALGORITHMS.filter(
      (algorithm) => !keys.some((key) => key.algorithm === algorithm && key.retiredAt === undefined),
    );

  return unitOfWork.run(async ({ signingKeys, audit }) => {
    let keys = await signingKeys.list();
    if (missingFrom(keys).length === 0) return keys;
    await signingKeys.lock();
    keys = await signingKeys.list();
    for (const algorithm of missingFrom(keys)) {
      const now = clock.now();
      const key = await signingKeyGenerator.generate(algorithm, { createdAt: now, signsFrom: now });
      await signingKeys.insert(key);
      audit.record({
        type: 'signing_key.created',
        subject: { kind: 'signing_key', id: key.kid },
        details: { algorithm },
      });
    }
    return signingKeys.list();
  });
}
