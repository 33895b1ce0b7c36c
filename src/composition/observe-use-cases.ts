import type { LoginThrottle } from '../domain/accounts/login-throttle.js';
import type { AuditEntry } from '../domain/audit/audit-event.js';

/** Hears of what happens below HTTP, for metrics. Nothing that it does may fail. */
export interface ApplicationObserver {
  /** An entry was written into the audit log. */
  readonly audited: (entry: AuditEntry) => void;
  readonly attemptThrottled: () => void;
}

/** The throttle, telling of each try that it refuses. */
export function observedThrottle(
  throttle: LoginThrottle,
  observer: ApplicationObserver | undefined,
): LoginThrottle {
  if (!observer) return throttle;
  return {
    async count(attempt) {
      const wait = await throttle.count(attempt);
      if (wait !== undefined) observer.attemptThrottled();
      return wait;
    },
    giveBack: (attempt) => throttle.giveBack(attempt),
    succeed: (attempt) => throttle.succeed(attempt),
    purge: (at) => throttle.purge(at),
  };
}
