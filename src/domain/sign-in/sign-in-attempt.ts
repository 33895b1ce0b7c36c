import { boundEmail } from '../account-links/account-link.js';
import type { Account } from '../accounts/account.js';
import type { Clock } from '../clock.js';
import { epochSeconds } from '../clock.js';
import type { JsonObject, JsonValue } from '../json.js';
import { readUpstreamSession, upstreamSessionInformation } from '../upstream/upstream-session.js';
import { levelOfAcr } from './authentication-level.js';
import type { AuthenticationMethod, GivenProof, Proof } from './authentication-method.js';

/** What one browser has proved within one interaction, while it is not signed in yet. It lives on the server. */
export interface SignInAttempt {
  readonly accountId: string;
  /** The account's version when the attempt began: a change of the account ends it. */
  readonly accountVersion: number;
  readonly proofs: readonly GivenProof[];
  /** Epoch seconds. */
  readonly startedAt: number;
  /** The address whose verification the sign-in waits for, as `boundEmail` writes it. */
  readonly awaitedEmail?: string | undefined;
}

/** A session as far as it counts as a proof. */
export interface ProvenSession {
  readonly accountId: string;
  readonly amr: readonly string[];
  readonly acr: string | undefined;
  /** Epoch seconds. */
  readonly signedInAt: number;
}

/** Seconds after which an attempt begins anew. */
export const ATTEMPT_SECONDS = 10 * 60;

const METHODS: readonly string[] = [
  'password',
  'passkey',
  'totp',
  'recovery_code',
  'email_link',
  'upstream',
] satisfies readonly AuthenticationMethod[];

/** Whether the attempt still counts for the account as it is now. */
export function isLive(attempt: SignInAttempt, account: Account, clock: Clock): boolean {
  const age = epochSeconds(clock.now()) - attempt.startedAt;
  return (
    account.id === attempt.accountId &&
    (account.version === attempt.accountVersion || isOnlyVerified(attempt, account)) &&
    !account.disabled &&
    age < ATTEMPT_SECONDS
  );
}

/** Whether nothing has changed but that the address was verified for which the attempt waits. */
function isOnlyVerified({ awaitedEmail, accountVersion }: SignInAttempt, account: Account): boolean {
  return (
    account.emailVerified && awaitedEmail === boundEmail(account) && account.version === accountVersion + 1
  );
}

/** Begins an attempt with what the browser's session has proved before, or with nothing. */
export function beginAttempt(
  account: Account,
  session: ProvenSession | undefined,
  clock: Clock,
): SignInAttempt {
  return {
    accountId: account.id,
    accountVersion: account.version,
    proofs: session?.accountId === account.id ? proofsOfSession(session) : [],
    startedAt: epochSeconds(clock.now()),
  };
}

/** The attempt with one more proof; a method that is proved again counts from now on. */
export function withProof(
  attempt: SignInAttempt,
  { method, amr, upstream }: Proof,
  clock: Clock,
): SignInAttempt {
  const proof = {
    method,
    at: epochSeconds(clock.now()),
    ...(amr === undefined ? {} : { amr }),
    ...(upstream === undefined ? {} : { upstream }),
  };
  return { ...attempt, proofs: [...attempt.proofs.filter((given) => given.method !== method), proof] };
}

/** When the person signed in, as tokens tell it: the oldest of the proofs that it rests on. Epoch seconds. */
export function signedInAt({ proofs, startedAt }: SignInAttempt): number {
  return proofs.reduce((oldest, { at }) => Math.min(oldest, at), proofs[0]?.at ?? startedAt);
}

/**
 * What a session has proved. Its `acr` is this provider's own word; its `amr` may be another provider's, and only says
 * which first factor it was.
 */
export function proofsOfSession({ acr, amr, signedInAt: at }: ProvenSession): readonly GivenProof[] {
  const first: AuthenticationMethod = amr.includes('fed')
    ? 'upstream'
    : amr.includes('pwd')
      ? 'password'
      : 'email_link';
  switch (levelOfAcr(acr)) {
    case 'phishing_resistant':
      return [{ method: 'passkey', at, amr }];
    case 'multi':
      return [
        { method: first, at, amr },
        { method: 'totp', at, amr },
      ];
    case 'single':
    case undefined:
      return [{ method: first, at, amr }];
  }
}

/** Seconds for which a proof of who one is holds for what matters: for a new way to sign in, and what ends one. */
export const RECENT_SECONDS = 10 * 60;

/** Whether anything of it was proved just now, and not only by a session of long ago. */
export function isRecent({ proofs }: SignInAttempt, clock: Clock): boolean {
  return proofs.some((proof) => isRecentProof(proof, clock));
}

/** Whether a proof is of just now: one that a session brings along is as old as the session's sign-in. */
export function isRecentProof({ at }: GivenProof, clock: Clock): boolean {
  return epochSeconds(clock.now()) - at <= RECENT_SECONDS;
}

/** Reads an attempt that was kept as JSON. */
export function readAttempt(value: unknown): SignInAttempt | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { accountId, accountVersion, proofs, startedAt, awaitedEmail } = value as Partial<
    Record<keyof SignInAttempt, unknown>
  >;
  if (typeof accountId !== 'string' || typeof accountVersion !== 'number' || typeof startedAt !== 'number') {
    return undefined;
  }
  return Array.isArray(proofs) && proofs.every(isProof)
    ? {
        accountId,
        accountVersion,
        proofs,
        startedAt,
        ...(typeof awaitedEmail === 'string' && { awaitedEmail }),
      }
    : undefined;
}

/** The attempt as JSON. */
export function attemptInformation({
  accountId,
  accountVersion,
  proofs,
  startedAt,
  awaitedEmail,
}: SignInAttempt): JsonObject {
  return {
    accountId,
    accountVersion,
    startedAt,
    ...(awaitedEmail === undefined ? {} : { awaitedEmail }),
    proofs: proofs.map(({ method, at, amr, upstream }) => ({
      method,
      at,
      ...(amr === undefined ? {} : { amr }),
      ...(upstream === undefined ? {} : { upstream: upstreamSessionInformation(upstream) }),
    })),
  };
}

function isProof(value: unknown): value is GivenProof {
  if (typeof value !== 'object' || value === null) return false;
  const { method, at, amr, upstream } = value as Partial<Record<keyof GivenProof, unknown>>;
  if (upstream !== undefined && readUpstreamSession(upstream as JsonValue) === undefined) return false;
  const isAmr = amr === undefined || (Array.isArray(amr) && amr.every((item) => typeof item === 'string'));
  return typeof method === 'string' && METHODS.includes(method) && typeof at === 'number' && isAmr;
}
