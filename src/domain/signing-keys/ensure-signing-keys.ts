import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey } from './signing-key.js';

/** Makes new key pairs. */
export interface SigningKeyGenerator {
  generate(algorithm: SigningAlgorithm, at: Date): Promise<SigningKey>;
}

export interface SigningKeyDependencies {
  readonly unitOfWork: UnitOfWork<'signingKeys' | 'audit'>;
  readonly signingKeyGenerator: SigningKeyGenerator;
  readonly clock: Clock;
}

/**
 * Makes a key for every algorithm that has none to sign with, and answers all that are published. Several instances
 * may start at once: exactly one of them makes the keys.
 */
export async function ensureSigningKeys(deps: SigningKeyDependencies): Promise<readonly SigningKey[]> {
  const { unitOfWork, signingKeyGenerator, clock } = deps;
  const missingFrom = (keys: readonly SigningKey[]): readonly SigningAlgorithm[] =>
    SIGNING_ALGORITHMS.filter(
      (algorithm) => !keys.some((key) => key.algorithm === algorithm && !key.retiredAt),
    );

  return unitOfWork.run(async ({ signingKeys, audit }) => {
    let keys = await signingKeys.list();
    if (missingFrom(keys).length === 0) return keys;
    await signingKeys.lock();
    keys = await signingKeys.list();
    for (const algorithm of missingFrom(keys)) {
      const key = await signingKeyGenerator.generate(algorithm, clock.now());
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
