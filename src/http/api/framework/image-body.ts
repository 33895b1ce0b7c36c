import type { Context } from 'koa';
import { IMAGE_TYPES, MAX_LOGO_BYTES } from '../../../domain/branding/image-type.js';
import { ProblemError } from './problem.js';

/** Refuses a body that is said to be no image. @throws {ProblemError} 415 */
export function refuseUnlessImage(ctx: Context): void {
  if (ctx.is([...IMAGE_TYPES])) return;
  throw new ProblemError({
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail: `Send the body as ${IMAGE_TYPES.join(', ')}.`,
  });
}

/** Reads a body of bytes. @throws {ProblemError} 413 when it is too large */
export async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_LOGO_BYTES) {
      throw new ProblemError({
        status: 413,
        code: 'body_too_large',
        title: 'Body too large',
        detail: `The image has more than ${MAX_LOGO_BYTES} bytes.`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
