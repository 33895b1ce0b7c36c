import { createHash } from 'node:crypto';
import type { Account } from '../accounts/account.js';
import { newAccountId } from '../accounts/account-id.js';
import { lockAccount } from '../accounts/lock-account.js';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import { generateTotpSecret, matchTotp } from './totp.js';
import type { TotpAuthenticator, TotpStore } from './totp-store.js';

export interface BeginTotpDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'totp'>;
  readonly clock: Clock;
}

export interface ConfirmTotpDeps {
  readonly unitOfWork: UnitOfWork<
    'accounts' | 'totp' | 'rememberedDevices' | 'artifactRevocation' | 'mailOutbox' | 'audit'
  >;
  readonly clock: Clock;
  readonly issuer: string;
}

/** Seconds within which an authenticator has to be confirmed. */
const ENROLMENT_SECONDS = 30 * 60;
const LONGEST_NAME = 60;

/**
 * Begins to set up an authenticator, or goes on with the one that was begun: a page that is loaded again shows the same
 * key. It counts for nothing until it is confirmed. One that was begun in another session or sign-in is replaced: whoever
 * has seen its key, by the password alone, must not have it confirmed by somebody else.
 * @param accountId of whoever sets it up for themselves
 * @param binding what alone may go on with it, for instance the session of the account's owner
 */
export async function beginTotp(
  deps: BeginTotpDeps,
  accountId: string,
  binding: string,
): Promise<TotpAuthenticator> {
  return deps.unitOfWork.run(async ({ accounts, totp }) => {
    await lockAccount(accounts, accountId);
    const now = deps.clock.now();
    const begun = await findPendingTotp(totp, accountId, binding);
    if (begun && !isOver(begun, now)) return begun;
    const authenticator: TotpAuthenticator = {
      id: newAccountId(now),
      accountId,
      name: '',
      secret: generateTotpSecret(),
      createdAt: now,
      confirmedAt: undefined,
      lastUsedAt: undefined,
      lastStep: undefined,
      bindingHash: hash(binding),
    };
    await totp.replacePending(authenticator);
    return authenticator;
  });
}

/** The authenticator that is being set up, where that was begun under this binding. */
export async function findPendingTotp(
  totp: Pick<TotpStore, 'findPending'>,
  accountId: string,
  binding: string,
): Promise<TotpAuthenticator | undefined> {
  const pending = await totp.findPending(accountId);
  return pending?.bindingHash?.equals(hash(binding)) === true ? pending : undefined;
}

/** What somebody confirms a new authenticator with. */
export interface TotpConfirmation {
  readonly accountId: string;
  /** The same as where it was begun. */
  readonly binding: string;
  /** A code that it shows. */
  readonly code: string;
  /** How its owner calls it; empty: it has no name. */
  readonly name: string;
  /** The session in which it is set up, the only one that stays when another authenticator is replaced. */
  readonly keptSessionId?: string | undefined;
  /** Only where the account has none yet: whoever is not signed in may add a factor, and never replace one. */
  readonly onlyFirst?: boolean;
}

/**
 * Makes an authenticator count, once it has shown a right code. One that is replaced ends the other sessions.
 * @throws {DomainError} `invalid_credentials` for a wrong code, `not_found` where nothing is being set up, or not any more
 */
export async function confirmTotp(deps: ConfirmTotpDeps, input: TotpConfirmation): Promise<Account> {
  const { accountId, binding, code, keptSessionId } = input;
  return deps.unitOfWork.run(async (stores) => {
    const account = await lockAccount(stores.accounts, accountId);
    const now = deps.clock.now();
    const pending = await findPendingTotp(stores.totp, accountId, binding);
    const before = await stores.totp.find(accountId);
    if (!pending || isOver(pending, now) || (input.onlyFirst === true && before)) {
      throw new DomainError('not_found', 'No authenticator is being set up.');
    }
    const lastStep = matchTotp(pending.secret, code, now, undefined);
    if (lastStep === undefined) throw new DomainError('invalid_credentials', 'The code is not right.');
    const name = Array.from(input.name.trim()).slice(0, LONGEST_NAME).join('');
    await stores.totp.confirm({ ...pending, name, confirmedAt: now, lastStep });
    await stores.rememberedDevices.removeAccount(accountId);
    const ended = before ? await stores.artifactRevocation.revokeAccount(accountId, keptSessionId) : 0;
    const user = { kind: 'user', id: accountId } as const;
    stores.audit.record({
      type: 'totp.added',
      actor: user,
      subject: user,
      details: { replaced: before !== undefined, ended },
    });
    await sendNotice({ ...deps, ...stores }, account, {
      notice: 'totp_added',
      at: now,
      ...(name === '' ? {} : { subject: name }),
    });
    return account;
  });
}

function isOver({ createdAt }: TotpAuthenticator, now: Date): boolean {
  return now.getTime() - createdAt.getTime() > ENROLMENT_SECONDS * 1000;
}

function hash(binding: string): Buffer {
  return createHash('sha256').update(binding).digest();
}
