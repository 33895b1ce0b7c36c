import { DomainError } from '../errors.js';

/** One try to prove who one is: by password, code or the answer to a reset. */
export interface LoginAttempt {
  /** Whose secret is guessed at: see `throttleSubject`. */
  readonly subject: string;
  /** Where it comes from: see `networkOf`; absent where it is not known. */
  readonly network: string | undefined;
  readonly at: Date;
}

/** Counts tries across all processes, before anything is compared. */
export interface LoginThrottle {
  /**
   * Counts a try. Of any number of tries at once no more than the limit are allowed.
   * @returns undefined when it may go on, else the seconds to wait, at least 1
   */
  count(attempt: LoginAttempt): Promise<number | undefined>;
  /** Takes back a try that was counted but could not be made. */
  giveBack(attempt: LoginAttempt): Promise<void>;
  /**
   * Notes that a try succeeded: its subject's count starts anew, the network gets its try back, and the subject has a
   * count of its own at this network from now on, so that strangers cannot lock its owner out.
   */
  succeed(attempt: LoginAttempt): Promise<void>;
  /** Removes what no longer counts. @returns how many rows were removed */
  purge(at: Date): Promise<number>;
}

/** Whose secret is guessed at: the account, by whatever name it is called, or the name where there is no such account. */
export function throttleSubject(accountId: string | undefined, normalizedLogin: string): string {
  return accountId === undefined ? `login:${normalizedLogin}` : `account:${accountId}`;
}

/** The refusal of a try because there were too many. */
export class TooManyAttemptsError extends DomainError {
  /** Seconds after which another try is accepted. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('too_many_attempts', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
