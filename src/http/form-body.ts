import type { Context } from 'koa';
import { DomainError } from '../domain/errors.js';

/** Bytes; the forms of the hosted pages are small. */
const MAX_BYTES = 64 * 1024;

/**
 * Reads a posted form. A field that comes twice counts once, with its first value.
 * @throws {DomainError} `invalid_input` for another content type, or a body over 64 KiB
 */
export async function readForm(ctx: Context): Promise<ReadonlyMap<string, string>> {
  if (!ctx.is('application/x-www-form-urlencoded')) {
    throw new DomainError('invalid_input', 'The form must be sent as application/x-www-form-urlencoded.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new DomainError('invalid_input', 'The form is too large.');
    chunks.push(chunk);
  }
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(Buffer.concat(chunks).toString())) {
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}
