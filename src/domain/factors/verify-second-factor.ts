import type { Account } from '../accounts/account.js';
import { TooManyAttemptsError, type LoginAttempt, type LoginThrottle } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { KeyedHash } from '../sealing.js';
import type { Stores, UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import { hashRecoveryCode, tidyRecoveryCode } from './recovery-code.js';
import { matchTotp } from './totp.js';

export interface VerifySecondFactorDeps {
  readonly unitOfWork: UnitOfWork<'totp' | 'recoveryCodes' | 'mailOutbox' | 'audit'>;
  readonly loginThrottle: Pick<LoginThrottle, 'count' | 'succeed'>;
  readonly clock: Clock;
  readonly recoveryCodeHash: KeyedHash;
  readonly issuer: string;
}

/** A code as somebody typed it. */
export interface TypedCode {
  readonly account: Account;
  readonly code: string;
  /** IP address of whoever signs in, as far as it is known. */
  readonly address?: string | undefined;
  readonly clientId?: string | undefined;
}

type CodeStores = Pick<Stores, 'totp' | 'recoveryCodes' | 'mailOutbox' | 'audit'>;

/**
 * Checks a code of the account's authenticator and uses it up: one code passes once, also of many at the same time.
 * @throws {DomainError} `invalid_credentials` for a code that is wrong, too old, or was used
 * @throws {TooManyAttemptsError} before anything is compared
 * @see RFC 6238 §5.2
 */
export async function verifyTotp(deps: VerifySecondFactorDeps, typed: TypedCode): Promise<void> {
  await verifyCode(deps, 'totp', typed, async ({ totp }, now) => {
    const authenticator = await totp.find(typed.account.id);
    const step = authenticator && matchTotp(authenticator.secret, typed.code, now, authenticator.lastStep);
    return step !== undefined && (await totp.useStep(authenticator?.id ?? '', step, now));
  });
}

/**
 * Checks a recovery code, uses it up, and tells the owner.
 * @returns how many are left
 * @throws {DomainError} `invalid_credentials`
 * @throws {TooManyAttemptsError} before anything is compared
 */
export async function verifyRecoveryCode(deps: VerifySecondFactorDeps, typed: TypedCode): Promise<number> {
  const { account } = typed;
  const code = tidyRecoveryCode(typed.code);
  let left = 0;
  await verifyCode(deps, 'recovery_code', typed, async ({ recoveryCodes, mailOutbox, audit }, now) => {
    if (code === undefined) return false;
    const hash = hashRecoveryCode(deps.recoveryCodeHash, account.id, code);
    if (!(await recoveryCodes.use(account.id, hash, now))) return false;
    left = await recoveryCodes.countLeft(account.id);
    const user = { kind: 'user', id: account.id } as const;
    audit.record({ type: 'recovery_code.used', actor: user, subject: user, details: { left } });
    await sendNotice({ ...deps, mailOutbox }, account, { notice: 'recovery_code_used', at: now });
    return true;
  });
  return left;
}

async function verifyCode(
  deps: VerifySecondFactorDeps,
  method: 'totp' | 'recovery_code',
  { account, address, clientId }: TypedCode,
  use: (stores: CodeStores, now: Date) => Promise<boolean>,
): Promise<void> {
  const now = deps.clock.now();
  const attempt: LoginAttempt = {
    subject: secondFactorSubject(account.id),
    network: networkOf(address ?? ''),
    at: now,
  };
  const wait = await deps.loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
  const user = { kind: 'user', id: account.id } as const;
  const passed = await deps.unitOfWork.run(async (stores) => {
    const isRight = await use(stores, now);
    stores.audit.record(
      isRight
        ? { type: 'second_factor.succeeded', actor: user, subject: user, clientId, details: { method } }
        : { type: 'second_factor.failed', subject: user, clientId, details: { method } },
    );
    return isRight;
  });
  if (!passed)
    throw new DomainError('invalid_credentials', 'The code is not right, has expired, or was used.');
  await deps.loginThrottle.succeed(attempt);
}

/**
 * Whose second factor is guessed at. It is counted apart from the password: whoever knows that would else begin the
 * count anew with every right password.
 */
export function secondFactorSubject(accountId: string): string {
  return `second-factor:${accountId}`;
}
