import { lockAccount } from '../accounts/lock-account.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import { generateRecoveryCodes, hashRecoveryCode, tidyRecoveryCode } from './recovery-code.js';

export interface RecoveryCodesDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'recoveryCodes' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly recoveryCodeHash: KeyedHash;
  readonly issuer: string;
}

/**
 * Makes a new set of recovery codes. They count for nothing, and the ones until now stay, until their owner has saved
 * them.
 * @returns the codes, which nobody can find out later
 */
export async function makeRecoveryCodes(
  deps: RecoveryCodesDeps,
  accountId: string,
): Promise<readonly string[]> {
  const codes = generateRecoveryCodes();
  await deps.unitOfWork.run(async ({ accounts, recoveryCodes }) => {
    await lockAccount(accounts, accountId);
    await recoveryCodes.replacePending({
      accountId,
      hashes: hashesOf(deps, accountId, codes),
      createdAt: deps.clock.now(),
    });
  });
  return codes;
}

/**
 * Makes a new set count, in the place of the one until now, as its owner says that they have saved it.
 * @param codes as they were shown
 * @throws {DomainError} `not_found` when they are not the ones that were made last
 */
export async function activateRecoveryCodes(
  deps: RecoveryCodesDeps,
  accountId: string,
  codes: readonly string[],
): Promise<void> {
  await deps.unitOfWork.run(async ({ accounts, recoveryCodes, mailOutbox, audit }) => {
    const account = await lockAccount(accounts, accountId);
    if (!(await recoveryCodes.activate(accountId, hashesOf(deps, accountId, codes)))) {
      throw new DomainError('not_found', 'These codes are not valid any more. Make new ones.');
    }
    const user = { kind: 'user', id: accountId } as const;
    audit.record({
      type: 'recovery_codes.made',
      actor: user,
      subject: user,
      details: { count: codes.length },
    });
    const at = deps.clock.now();
    await sendNotice({ ...deps, mailOutbox }, account, { notice: 'recovery_codes_made', at });
  });
}

function hashesOf(
  { recoveryCodeHash }: RecoveryCodesDeps,
  accountId: string,
  codes: readonly string[],
): readonly Buffer[] {
  return codes.map((code) => hashRecoveryCode(recoveryCodeHash, accountId, tidyRecoveryCode(code) ?? ''));
}
