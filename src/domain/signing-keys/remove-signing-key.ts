import { DomainError } from '../errors.js';
import type { SigningKeyDependencies } from './ensure-signing-keys.js';
import { signingKeyStatus, type SigningKey } from './signing-key.js';

/**
 * Takes a key out of the published set at once, so that nothing it signed is accepted any more by whoever asks again: for
 * a private key that others know.
 * @throws {DomainError} `not_found`, `signing_key_in_use` for a key that signs, or is the only one that will
 */
export async function removeSigningKey(
  { unitOfWork, clock }: Omit<SigningKeyDependencies, 'signingKeyGenerator'>,
  kid: string,
): Promise<SigningKey> {
  return unitOfWork.run(async ({ signingKeys, audit }) => {
    await signingKeys.lock();
    const key = (await signingKeys.list()).find((one) => one.kid === kid);
    if (!key) throw new DomainError('not_found', 'There is no such key.');
    if (signingKeyStatus(key, clock.now()) !== 'retired') {
      throw new DomainError(
        'signing_key_in_use',
        `The key signs, or is about to. Have a new ${key.algorithm} key sign at once first, then remove this one.`,
      );
    }
    await signingKeys.remove(kid);
    audit.record({
      type: 'signing_key.removed',
      subject: { kind: 'signing_key', id: kid },
      details: { algorithm: key.algorithm },
    });
    return key;
  });
}
