import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { refuseUnlessImage } from './image-body.js';
import { ProblemError } from './problem.js';
import type { ApiRoute } from './route.js';

/** The media type of bodies and answers that are one JSON text a line. */
export const LINES_TYPE = 'application/x-ndjson';

/**
 * The bytes of a body of lines, or of an image, as they come in, without any limit; empty for a route that takes none. No more is read
 * than is asked for, so that a client which sends faster waits.
 * @throws {ProblemError} 415 for another media type or an encoding; while it is read, 400 when the body breaks off
 */
export function bytesOfLines(
  ctx: Context,
  { bodyLine, bodyImage }: Pick<ApiRoute, 'bodyLine' | 'bodyImage'>,
): AsyncIterable<Uint8Array> {
  if (bodyImage) {
    refuseUnlessImage(ctx);
    return readBytes(ctx);
  }
  if (!bodyLine) return Readable.from([]);
  const encoding = ctx.get('content-encoding').toLowerCase();
  if (!ctx.is(LINES_TYPE) || (encoding !== '' && encoding !== 'identity')) {
    throw new ProblemError({
      status: 415,
      code: 'unsupported_media_type',
      title: 'Unsupported media type',
      detail: `Send the body as ${LINES_TYPE}, without Content-Encoding.`,
    });
  }
  return readBytes(ctx);
}

async function* readBytes(ctx: Context): AsyncGenerator<Uint8Array> {
  try {
    // A request that is destroyed loses the connection over which the answer goes out.
    yield* ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!ctx.req.destroyed && !ctx.req.errored) throw error;
    throw new ProblemError({
      status: 400,
      code: 'body_incomplete',
      title: 'Body incomplete',
      detail: 'The body broke off before its end.',
    });
  }
}

/**
 * What is answered in lines is not kept for a replay.
 * @throws {ProblemError} 400
 */
export function refuseIdempotencyKey(ctx: Context): void {
  if (ctx.get('idempotency-key') === '') return;
  throw new ProblemError({
    status: 400,
    code: 'idempotency_key_not_taken',
    title: 'Idempotency-Key',
    detail:
      'This operation takes no Idempotency-Key: leave it out, and send the request again after a failure.',
  });
}

/**
 * Makes values a stream of lines. The first is awaited, so that what fails at once is still answered by a status. What
 * fails later is told by a last line, and the connection is cut off: an answer that is not whole never looks so.
 * @param tellFailure makes the last line of what failed
 */
export async function startLines(
  values: AsyncIterable<unknown>,
  tellFailure: (error: unknown) => unknown,
): Promise<Readable> {
  const iterator = values[Symbol.asyncIterator]();
  const first = await iterator.next();
  return Readable.from(toLines(iterator, first, tellFailure));
}

async function* toLines(
  iterator: AsyncIterator<unknown>,
  first: IteratorResult<unknown>,
  tellFailure: (error: unknown) => unknown,
): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield toLine(next.value);
  } catch (error) {
    yield toLine(tellFailure(error));
    throw error;
  } finally {
    // Whoever hangs up ends the work, too.
    await iterator.return?.();
  }
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
