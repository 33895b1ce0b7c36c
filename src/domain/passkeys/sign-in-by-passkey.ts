import { createHash } from 'node:crypto';
import type { Account } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { TooManyAttemptsError, type LoginAttempt, type LoginThrottle } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import type { AuditEntry } from '../audit/audit-event.js';
import type { Clock } from '../clock.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { takePasskeyChallenge } from './passkey-challenge.js';
import type { PasskeyCeremonies, PresentedAssertion, VerifiedAssertion } from './passkey-ceremonies.js';
import { passkeyRefused } from './passkey-refused.js';
import type { PasskeyStore } from './passkey-store.js';
import type { Passkey } from './passkey.js';
import { userHandleOf } from './user-handle.js';

export interface SignInByPasskeyDeps {
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly passkeys: Pick<PasskeyStore, 'findByCredentialId'>;
  readonly ceremonies: Pick<PasskeyCeremonies, 'readAssertion' | 'verifyAssertion'>;
  readonly userHandleHash: KeyedHash;
  readonly loginThrottle: Pick<LoginThrottle, 'count' | 'succeed'>;
  readonly unitOfWork: UnitOfWork<'passkeys' | 'passkeyChallenges' | 'audit'>;
  readonly clock: Clock;
}

/** The answer of somebody's authenticator. */
export interface PasskeyAnswer {
  /** JSON text that the browser made. */
  readonly answer: string;
  /** The same as where the sign-in by passkey began. */
  readonly binding: string;
  /** The only account that it may be of, as its second factor; absent: whosever it is. */
  readonly accountId?: string | undefined;
  /** IP address of whoever signs in, as far as it is known. */
  readonly address?: string | undefined;
  /** The client that they sign in for. */
  readonly clientId?: string | undefined;
}

/** Why an answer was refused. Only the audit log is told. */
type Refusal =
  'unknown_passkey' | 'challenge_over' | 'wrong_answer' | 'other_account' | 'counter_went_back' | 'disabled';

interface Claim {
  readonly passkey: Passkey | undefined;
  readonly account: Account | undefined;
}

/**
 * Finds out whether somebody is who they say, by passkey. Every refusal is one and the same to whoever tries.
 * @throws {DomainError} `passkey_refused`
 * @throws {TooManyAttemptsError} before anything is compared
 * @see WebAuthn Level 3 §7.2
 */
export async function signInByPasskey(deps: SignInByPasskeyDeps, given: PasskeyAnswer): Promise<Account> {
  const presented = deps.ceremonies.readAssertion(given.answer);
  if (presented === undefined) throw passkeyRefused();
  const attempt = attemptAt(deps, presented, given.address);
  const wait = await deps.loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);

  const isExpected = await takePasskeyChallenge(deps, given.binding);
  const passkey = await deps.passkeys.findByCredentialId(presented.credentialId);
  const account = passkey && (await deps.accounts.findById(passkey.accountId));
  const verified =
    passkey && isExpected && (await deps.ceremonies.verifyAssertion(given.answer, isExpected, passkey));
  const claim = { passkey, account };
  const early =
    isExpected === undefined ? 'challenge_over' : refusalOf(deps, claim, { presented, verified, given });

  const refusal = await deps.unitOfWork.run(async ({ passkeys, audit }) => {
    const late = early ?? (await noteUse(passkeys, passkey, verified, attempt.at));
    audit.record(entryOf(claim, late, given));
    return late;
  });
  if (refusal !== undefined || account === undefined) throw passkeyRefused();
  await deps.loginThrottle.succeed(attempt);
  return account;
}

/**
 * Passkeys cannot be guessed, so no account is locked by tries at them, nor tries at passkeys by those at its password:
 * what is bounded is the work that one network causes.
 */
function attemptAt(
  { clock }: SignInByPasskeyDeps,
  { credentialId }: PresentedAssertion,
  address = '',
): LoginAttempt {
  const name = createHash('sha256').update(credentialId).digest('base64url');
  return { subject: `passkey:${name}`, network: networkOf(address), at: clock.now() };
}

function refusalOf(
  { userHandleHash }: SignInByPasskeyDeps,
  { passkey, account }: Claim,
  answer: {
    readonly presented: PresentedAssertion;
    readonly verified: VerifiedAssertion | undefined;
    readonly given: PasskeyAnswer;
  },
): Refusal | undefined {
  if (passkey === undefined || account === undefined) return 'unknown_passkey';
  if (answer.verified === undefined) return 'wrong_answer';
  const { userHandle } = answer.presented;
  const isOthers =
    (userHandle !== undefined && !userHandle.equals(userHandleOf(userHandleHash, account.id))) ||
    (answer.given.accountId !== undefined && answer.given.accountId !== account.id);
  if (isOthers) return 'other_account';
  if (account.disabled) return 'disabled';
  return undefined;
}

/** @see WebAuthn Level 3 §6.1.1: a count that does not go up hints at a second copy of the passkey */
async function noteUse(
  passkeys: Pick<PasskeyStore, 'noteUse'>,
  passkey: Passkey | undefined,
  verified: VerifiedAssertion | undefined,
  at: Date,
): Promise<Refusal | undefined> {
  if (passkey === undefined || verified === undefined) return 'wrong_answer';
  const isNoted = await passkeys.noteUse(passkey.id, { ...verified, at });
  return isNoted ? undefined : 'counter_went_back';
}

function entryOf(
  { passkey, account }: Claim,
  refusal: Refusal | undefined,
  { clientId, accountId }: PasskeyAnswer,
): AuditEntry {
  const step = accountId === undefined ? 'sign_in' : 'second_factor';
  const subject = account && ({ kind: 'user', id: account.id } as const);
  const details = { method: 'passkey', ...(passkey === undefined ? {} : { passkey: passkey.id }) };
  return refusal === undefined
    ? { type: `${step}.succeeded`, actor: subject, subject, clientId, details }
    : { type: `${step}.failed`, subject, clientId, details: { ...details, reason: refusal } };
}
