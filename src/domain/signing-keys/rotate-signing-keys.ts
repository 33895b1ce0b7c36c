import type { SigningKey, SigningAlgorithm } from './signing-key.js';
import { SIGNING_ALGORITHMS } from './signing-key.js';
import type { SigningKeyDependencies } from './ensure-signing-keys.js';

/**
 * Makes a new key for each of the algorithms and retires the ones that signed until now. Retired keys stay published,
 * so that what they signed still verifies.
 * @param algorithms default: all
 * @returns the new keys
 */
export async function rotateSigningKeys(
  deps: SigningKeyDependencies,
  algorithms: readonly SigningAlgorithm[] = SIGNING_ALGORITHMS,
): Promise<readonly SigningKey[]> {
  const { unitOfWork, signingKeyGenerator, clock } = deps;
  return unitOfWork.run(async ({ signingKeys, audit }) => {
    await signingKeys.lock();
    const before = await signingKeys.list();
    const made: SigningKey[] = [];
    for (const algorithm of new Set(algorithms)) {
      const key = await signingKeyGenerator.generate(algorithm, clock.now());
      await signingKeys.insert(key);
      made.push(key);
      const retired = before.filter((old) => old.algorithm === algorithm && !old.retiredAt);
      for (const old of retired) await signingKeys.retire(old.kid, clock.now());
      audit.record({
        type: 'signing_key.rotated',
        subject: { kind: 'signing_key', id: key.kid },
        details: { algorithm, retired: retired.map(({ kid }) => kid) },
      });
    }
    return made;
  });
}
