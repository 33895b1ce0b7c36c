import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { Caller } from './caller.js';
import { ProblemError } from './problem.js';
import type { ApiAnswer } from './route.js';

/** What became of an earlier request with the same key. */
export type EarlierRequest =
  | { readonly state: 'none' }
  | { readonly state: 'in_flight' }
  | { readonly state: 'other_request' }
  | {
      readonly state: 'done';
      readonly status: number;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
    };

/** Remembers for a day which requests were carried out under which key. */
export interface IdempotencyStore {
  /** Claims the key, atomically across all instances, unless it is taken. */
  claim(key: Buffer, request: Buffer): Promise<EarlierRequest>;
  /** Keeps the answer, without anything secret in it. */
  finish(
    key: Buffer,
    answer: { status: number; body: unknown; headers: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** Gives the key back: the request was not carried out. */
  release(key: Buffer): Promise<void>;
  /** Removes what is older than a day. @returns how many */
  purge(): Promise<number>;
}

/**
 * Carries a request out once, however often it is sent with the same `Idempotency-Key`.
 * @param key the header; empty: none
 * @throws {ProblemError} 409 while the first is under way, 422 for another request under the same key
 * @see draft-ietf-httpapi-idempotency-key-header-07
 */
export async function withIdempotency(
  store: IdempotencyStore,
  key: string,
  {
    ctx,
    caller,
    body,
    successStatus,
  }: {
    readonly ctx: Context;
    readonly caller: Caller;
    readonly body: unknown;
    /** That of an answer that names none. */
    readonly successStatus: number;
  },
  run: () => Promise<ApiAnswer>,
): Promise<ApiAnswer> {
  if (key === '') return run();
  if (key.length > 255) throw refusal(400, 'invalid_input', 'An Idempotency-Key has 255 characters at most.');
  const keyHash = hash([caller.accountId ?? '', caller.clientId, key]);
  const earlier = await store.claim(keyHash, hash([ctx.method, ctx.path, JSON.stringify(body ?? null)]));
  switch (earlier.state) {
    case 'in_flight':
      throw refusal(
        409,
        'idempotency_key_in_use',
        'The first request with this Idempotency-Key is still under way.',
      );
    case 'other_request':
      throw refusal(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.');
    case 'done':
      ctx.set('Idempotent-Replayed', 'true');
      return { status: earlier.status, body: earlier.body ?? undefined, headers: earlier.headers };
    case 'none':
      break;
  }
  const answer = await run().catch(async (error: unknown) => {
    await store.release(keyHash);
    throw error;
  });
  // Should this fail, the key is not given back: the request was carried out, and must not be again.
  await store.finish(keyHash, {
    status: answer.status ?? successStatus,
    body: withoutSecrets(answer),
    headers: answer.headers ?? {},
  });
  return answer;
}

function withoutSecrets({ body, secrets = [] }: ApiAnswer): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !secrets.includes(name)));
}

function hash(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

function refusal(status: number, code: string, detail: string): ProblemError {
  return new ProblemError({ status, code, title: 'Idempotency-Key', detail });
}
