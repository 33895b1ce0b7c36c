import type { SigningKey } from './signing-key.js';
import { signingKeyStatus } from './signing-key.js';
import { rotateAlgorithm, type RotateSigningKeysDeps } from './rotate-signing-keys.js';

/**
 * Does what time brings: replaces keys that have signed for long enough, and removes retired ones once nothing that they
 * signed is accepted any more. Every instance may do it at any time; what is due is done once.
 * @returns whether there was anything to do
 */
export async function maintainSigningKeys(deps: RotateSigningKeysDeps): Promise<boolean> {
  const { clock, signingKeyPlan, unitOfWork } = deps;
  const { rotationSeconds, retentionSeconds } = signingKeyPlan;
  const isOlder = (moment: Date, seconds: number): boolean =>
    moment.getTime() + seconds * 1000 <= clock.now().getTime();
  const isOutdated = (key: SigningKey): boolean =>
    key.retiredAt !== undefined && isOlder(key.retiredAt, retentionSeconds);
  // A key with a successor, which may be published only, has its end planned.
  const isDue = (key: SigningKey): boolean =>
    rotationSeconds !== undefined &&
    key.retiredAt === undefined &&
    signingKeyStatus(key, clock.now()) === 'signing' &&
    isOlder(key.signsFrom, rotationSeconds);

  return unitOfWork.run(async (stores) => {
    const { signingKeys, audit } = stores;
    let keys = await signingKeys.list();
    if (!keys.some((key) => isOutdated(key) || isDue(key))) return false;
    await signingKeys.lock();
    keys = await signingKeys.list();
    for (const key of keys.filter(isOutdated)) {
      await signingKeys.remove(key.kid);
      audit.record({
        type: 'signing_key.removed',
        subject: { kind: 'signing_key', id: key.kid },
        details: { algorithm: key.algorithm },
      });
    }
    for (const algorithm of new Set(keys.filter(isDue).map((key) => key.algorithm))) {
      await rotateAlgorithm(deps, stores, keys, { algorithm, immediately: false });
    }
    return true;
  });
}
