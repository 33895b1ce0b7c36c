import type { FetchedDocument } from '../domain/client-registration/client-documents.js';
import type { JsonObject } from '../domain/json.js';
import type { OutboundFetch } from './guarded-fetch.js';

/** Bytes; the draft speaks of 5 kB. */
const MAX_BYTES = 16 * 1024;
/** Milliseconds. */
const TIMEOUT = 5_000;

/**
 * Reads the documents of clients.
 * @param fetch reaches public addresses only, and follows no redirect
 * @returns reads one; it throws when there is none to be had
 * @see OAuth Client ID Metadata Document (draft 02) §4, RFC 9111 §5.2
 */
export function createFetchClientDocument(fetch: OutboundFetch): (url: string) => Promise<FetchedDocument> {
  return async (url) => {
    const answer = await fetch(url, {
      method: 'GET',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (answer.status !== 200) throw new Error(`its server answered ${answer.status}.`);
    const bytes = await answer.arrayBuffer();
    if (bytes.byteLength > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes.`);
    return { document: parse(bytes), maxAgeSeconds: maxAge(answer.headers) };
  };
}

function parse(bytes: ArrayBuffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error('it is not JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('it is not a JSON object.');
  }
  // What JSON.parse makes of an object holds nothing but JSON.
  return value as JsonObject;
}

function maxAge(headers: Headers): number | undefined {
  const control = headers.get('cache-control') ?? '';
  if (/\bno-(?:store|cache)\b/i.test(control)) return 0;
  const seconds = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(control)?.[1];
  if (seconds !== undefined) return Number(seconds);
  const expires = Date.parse(headers.get('expires') ?? '');
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(expires) || Number.isNaN(date) ? undefined : (expires - date) / 1000;
}
