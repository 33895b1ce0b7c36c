import type { Account } from '../accounts/account.js';
import { newAccountId } from '../accounts/account-id.js';
import { lockAccount } from '../accounts/lock-account.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import { sendNotice } from '../mail/send-notice.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { takePasskeyChallenge } from './passkey-challenge.js';
import type { PasskeyCeremonies } from './passkey-ceremonies.js';
import { keeperOf } from './passkey-keepers.js';
import { cutPasskeyName } from './passkey-name.js';
import { passkeyRefused, tooManyPasskeys } from './passkey-refused.js';
import { MAX_PASSKEYS, type Passkey } from './passkey.js';

export interface EnrolPasskeyDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'passkeys' | 'passkeyChallenges' | 'mailOutbox' | 'audit'>;
  readonly ceremonies: Pick<PasskeyCeremonies, 'verifyCreation'>;
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * Gives an account the passkey that an authenticator has made. It is named after what keeps it, where that is known.
 * @param input.answer JSON text that the browser made
 * @param input.binding the same as where the enrolment began
 * @param input.fallbackName for instance the browser's name
 * @param input.onlyFirst only where the account has none yet: whoever is not signed in adds none beside others
 * @throws {DomainError} `passkey_refused` for an answer that is wrong in any way, `already_exists` for a passkey that
 *   somebody has, `passkey_limit_reached`, `not_found` when the account is gone
 * @see WebAuthn Level 3 §7.1
 */
export async function enrolPasskey(
  deps: EnrolPasskeyDeps,
  { id: accountId }: Pick<Account, 'id'>,
  input: {
    readonly answer: string;
    readonly binding: string;
    readonly fallbackName: string;
    readonly onlyFirst?: boolean;
  },
): Promise<Passkey> {
  const isExpected = await takePasskeyChallenge(deps, input.binding);
  const created = isExpected && (await deps.ceremonies.verifyCreation(input.answer, isExpected));
  if (created === undefined) throw passkeyRefused();
  return deps.unitOfWork.run(async ({ accounts, passkeys, mailOutbox, audit }) => {
    const account = await lockAccount(accounts, accountId);
    if (account.disabled) throw passkeyRefused();
    const others = await passkeys.listForAccount(accountId);
    if (input.onlyFirst === true && others.length > 0) throw passkeyRefused();
    if (others.length >= MAX_PASSKEYS) throw tooManyPasskeys(MAX_PASSKEYS);
    const at = deps.clock.now();
    const name = distinct(
      cutPasskeyName(keeperOf(created.aaguid) ?? input.fallbackName),
      others.map((passkey) => passkey.name),
    );
    const passkey: Passkey = {
      ...created,
      id: newAccountId(at),
      accountId,
      name,
      createdAt: at,
      lastUsedAt: undefined,
    };
    if (!(await passkeys.insert(passkey))) {
      throw new DomainError('already_exists', 'This passkey is registered already.');
    }
    audit.record({
      type: 'passkey.added',
      subject: { kind: 'user', id: accountId },
      details: { passkey: passkey.id },
    });
    await sendNotice({ ...deps, mailOutbox }, account, { notice: 'passkey_added', at, subject: name });
    return passkey;
  });
}

/** "iCloud Keychain 2", where there is an "iCloud Keychain". */
function distinct(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number += 1) {
    const numbered = `${cutPasskeyName(name, 55)} ${number}`;
    if (!taken.includes(numbered)) return numbered;
  }
}
