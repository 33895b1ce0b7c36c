import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { DomainError } from '../domain/errors.js';

/** Bytes; the forms of the hosted pages are small. */
const MAX_BYTES = 64 * 1024;

/** Forms that were read, by the context of their request. */
const forms = new WeakMap<Context, Promise<ReadonlyMap<string, string>>>();

/**
 * Reads a posted form; asked again, it answers the same one. A field that comes twice counts once, with its first value.
 * @throws {DomainError} `invalid_input` for another content type, a body over 64 KiB, or one that breaks off
 */
export function readForm(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const form = forms.get(ctx) ?? readFields(ctx);
  forms.set(ctx, form);
  return form;
}

async function readFields(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(await readFormText(ctx))) {
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

/**
 * Reads a posted form as it was written.
 * @throws {DomainError} as `readForm` does
 */
export async function readFormText(ctx: Context): Promise<string> {
  if (!ctx.is('application/x-www-form-urlencoded')) {
    throw new DomainError('invalid_input', 'The form must be sent as application/x-www-form-urlencoded.');
  }
  const body = await readBody(ctx.req);
  if (body === undefined) throw new DomainError('invalid_input', 'The form is too large.');
  return body.toString();
}

/** @returns undefined when it is too large */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // A request that is destroyed loses the connection over which its refusal would go out.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    throw new DomainError('invalid_input', 'The form broke off before its end.');
  }
  if (bytes <= MAX_BYTES) return Buffer.concat(chunks);
  // The rest is passed over, so that a client that only reads after it has written gets to the answer.
  request.resume();
  return undefined;
}
