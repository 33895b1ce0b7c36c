import type { Context } from 'koa';
import type { Caller } from './caller.js';
import { ProblemError } from './problem.js';

const WINDOW_SECONDS = 60;
/** Callers that are remembered at a time; the counters of a window are dropped together. */
const MAX_CALLERS = 50_000;

/** Counts the requests of each caller. */
export interface RateLimit {
  /**
   * @returns how many requests are left in this window, negative when there are none, and seconds until the next
   * @throws {DomainError} `overloaded`, `storage_unavailable`
   */
  count(
    caller: string,
  ):
    | { readonly left: number; readonly reset: number }
    | Promise<{ readonly left: number; readonly reset: number }>;
  readonly quota: number;
}

/**
 * Counts in this process alone.
 * @param quota requests of a caller within a minute
 * @param now milliseconds
 */
export function createRateLimit(quota: number, now: () => number): RateLimit {
  let window = 0;
  let counts = new Map<string, number>();
  return {
    quota,
    count(caller) {
      const seconds = now() / 1000;
      const current = Math.floor(seconds / WINDOW_SECONDS);
      if (current !== window || counts.size >= MAX_CALLERS) {
        window = current;
        counts = new Map();
      }
      const used = (counts.get(caller) ?? 0) + 1;
      counts.set(caller, used);
      return { left: quota - used, reset: Math.max(1, Math.ceil((current + 1) * WINDOW_SECONDS - seconds)) };
    },
  };
}

/**
 * Counts a request and tells the caller how many are left.
 * @throws {ProblemError} 429 with `Retry-After`
 * @see draft-ietf-httpapi-ratelimit-headers-10
 */
export async function countRequest(
  limit: RateLimit,
  ctx: Context,
  { accountId, clientId }: Caller,
): Promise<void> {
  const { left, reset } = await limit.count(accountId ?? (clientId || ctx.ip));
  ctx.set('RateLimit-Policy', `"default";q=${limit.quota};w=${WINDOW_SECONDS}`);
  ctx.set('RateLimit', `"default";r=${Math.max(0, left)};t=${reset}`);
  if (left >= 0) return;
  throw new ProblemError({
    status: 429,
    code: 'too_many_requests',
    title: 'Too many requests',
    detail: `At most ${limit.quota} requests are answered within ${WINDOW_SECONDS} seconds.`,
    headers: { 'Retry-After': String(reset) },
  });
}
