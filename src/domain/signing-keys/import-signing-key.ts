import type { JsonWebKey } from 'node:crypto';
import { DomainError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { SigningKey, SigningKeyPlan } from './signing-key.js';

/** Reads key pairs that were made elsewhere. */
export interface SigningKeyReader {
  /**
   * @param jwk a private key as JSON Web Key (RFC 7517)
   * @throws {DomainError} `invalid_input` naming `jwk`
   */
  read(jwk: JsonWebKey, times: Pick<SigningKey, 'createdAt' | 'signsFrom'>): SigningKey;
}

export interface ImportSigningKeyDeps {
  readonly unitOfWork: UnitOfWork<'signingKeys' | 'audit'>;
  readonly signingKeyReader: SigningKeyReader;
  readonly signingKeyPlan: SigningKeyPlan;
  readonly clock: Clock;
}

/**
 * Takes over a key that was made elsewhere, for instance by the provider before this one.
 * @param input.toVerify the key only verifies what was signed elsewhere; otherwise it signs like one of ours, in place of
 *   the key until now and after the same time of being published
 * @throws {DomainError} `invalid_input`, `signing_key_exists`, `rotation_pending`
 */
export async function importSigningKey(
  deps: ImportSigningKeyDeps,
  { jwk, toVerify = false }: { readonly jwk: JsonWebKey; readonly toVerify?: boolean | undefined },
): Promise<SigningKey> {
  const now = deps.clock.now();
  const signsFrom = toVerify ? now : new Date(now.getTime() + deps.signingKeyPlan.publishSeconds * 1000);
  const read = deps.signingKeyReader.read(jwk, { createdAt: now, signsFrom });
  const key: SigningKey = toVerify ? { ...read, retiredAt: now } : read;
  return deps.unitOfWork.run(async ({ signingKeys, audit }) => {
    await signingKeys.lock();
    const before = await signingKeys.list();
    if (before.some(({ kid }) => kid === key.kid)) {
      throw new DomainError('signing_key_exists', 'This key is published already.');
    }
    if (!toVerify) {
      const same = before.filter(({ algorithm }) => algorithm === key.algorithm);
      const pending = same.find((one) => one.signsFrom > now);
      if (pending) {
        throw new DomainError(
          'rotation_pending',
          `A new ${key.algorithm} key signs from ${pending.signsFrom.toISOString()}. Import this one after that.`,
        );
      }
      for (const old of same.filter(({ retiredAt }) => retiredAt === undefined)) {
        await signingKeys.plan(old.kid, { signsFrom: old.signsFrom, retiredAt: signsFrom });
      }
    }
    await signingKeys.insert(key);
    audit.record({
      type: 'signing_key.imported',
      subject: { kind: 'signing_key', id: key.kid },
      details: { algorithm: key.algorithm, signs_from: toVerify ? null : signsFrom.toISOString() },
    });
    return key;
  });
}
