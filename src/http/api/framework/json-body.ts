import type { Context } from 'koa';
import { ProblemError } from './problem.js';

/** Bytes; the API's documents are small. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Objects and arrays within each other; beyond some thousand, functions that walk through them run out of stack. */
export const MAX_BODY_DEPTH = 32;

/** Bodies that were received or are, by the context of their request. */
const bodies = new WeakMap<Context, Promise<Buffer>>();

/**
 * Receives a body whole; asked again, it answers the same one.
 * @throws {ProblemError} 413 when it is too large
 */
export function receiveBody(ctx: Context): Promise<Buffer> {
  const body = bodies.get(ctx) ?? receive(ctx);
  bodies.set(ctx, body);
  return body;
}

/**
 * Reads a JSON body.
 * @param type the media type that the route takes
 * @throws {ProblemError} 415 for another type, 413 when it is too large, 400 when it is not JSON in UTF-8 or
 *   is nested too deeply
 */
export async function readJsonBody(ctx: Context, type: string): Promise<unknown> {
  // A merge patch is also JSON, and clients that send it as such mean the same.
  const accepted = type === 'application/json' ? [type] : [type, 'application/json'];
  if (!ctx.is(accepted)) {
    throw new ProblemError({
      status: 415,
      code: 'unsupported_media_type',
      title: 'Unsupported media type',
      detail: `Send the body as ${accepted.join(' or ')}.`,
    });
  }
  const text = textOf(await receiveBody(ctx));
  if (depthOf(text) > MAX_BODY_DEPTH) {
    throw malformed(`The body has more than ${MAX_BODY_DEPTH} objects and arrays within each other.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed('The body is not valid JSON.');
  }
}

/** How deeply a JSON text is nested, found in one pass without going down into it. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString && character === '\\') index += 1;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}

async function receive(ctx: Context): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new ProblemError({
        status: 413,
        code: 'body_too_large',
        title: 'Body too large',
        detail: `The body has more than ${MAX_BODY_BYTES} bytes.`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
}

function malformed(detail: string): ProblemError {
  return new ProblemError({ status: 400, code: 'malformed_body', title: 'Malformed body', detail });
}
