import { lookup as resolve, type LookupAddress } from 'node:dns';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { UpstreamError } from '../domain/upstream/upstream-error.js';
import { isLoopbackHost, isPublicAddress } from './public-address.js';

/** Bytes of an answer; discovery documents and key sets have some thousand. */
const MAX_BYTES = 512 * 1024;
/** Milliseconds from the request to the end of its answer. */
const TIMEOUT = 8_000;

/** A request as the protocol's library makes it. */
export interface OutboundRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a request within a trace, with the headers by which the other side can continue it. */
export type TraceOutbound = (
  request: { readonly method: string; readonly url: string },
  send: (traceHeaders: Readonly<Record<string, string>>) => Promise<Response>,
) => Promise<Response>;

export type OutboundFetch = (url: string, request: OutboundRequest) => Promise<Response>;

/**
 * Requests to other providers: bounded in time and size, never following a redirect, and to public addresses only. The
 * address is looked at when the connection is made, so that a name cannot change its meaning in between.
 * @param rules.allowLoopback outside production: providers under development listen on this very machine
 * @param rules.allowPrivate the operator says that the provider is on a private network
 * @param rules.trace follows each request, where somebody collects traces
 * @see OWASP ASVS 5.0 V1.3.6 (server-side request forgery)
 */
export function createGuardedFetch(rules: {
  readonly allowLoopback: boolean;
  readonly allowPrivate: boolean;
  readonly trace?: TraceOutbound | undefined;
}): OutboundFetch {
  const { trace } = rules;
  const ask: OutboundFetch = async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    const isOpen = rules.allowPrivate || (rules.allowLoopback && isLoopbackHost(url.hostname));
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!isOpen && isIP(host) !== 0 && !isPublicAddress(host)) throw refusedAddress();
    const signals = [AbortSignal.timeout(TIMEOUT), ...(signal ? [signal] : [])];
    const options: RequestOptions = {
      method,
      headers,
      agent: false,
      signal: AbortSignal.any(signals),
      ...(isOpen ? {} : { lookup: publicLookup }),
    };
    try {
      return await send(url, options, toText(body));
    } catch (error) {
      if (error instanceof UpstreamError) throw error;
      throw new UpstreamError('unreachable', 'The provider cannot be reached.', { cause: error });
    }
  };
  if (!trace) return ask;
  return (url, request) =>
    trace({ method: request.method, url }, (traceHeaders) =>
      ask(url, { ...request, headers: { ...request.headers, ...traceHeaders } }),
    );
}

async function send(url: URL, options: RequestOptions, body: string | undefined): Promise<Response> {
  const request = (url.protocol === 'https:' ? https : http).request(url, options);
  const answered = new Promise<IncomingMessage>((answer, fail) => {
    request.once('response', answer);
    // Stays: an error after the answer is told by the answer's own stream.
    request.on('error', fail);
  });
  if (body !== undefined) request.setHeader('Content-Length', Buffer.byteLength(body));
  request.end(body);
  const response = await answered;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      request.destroy();
      throw new UpstreamError('invalid_answer', 'The provider answered with too much.');
    }
    chunks.push(chunk);
  }
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 599) throw new UpstreamError('invalid_answer', 'The answer has no status.');
  const isBodiless = status === 204 || status === 205 || status === 304;
  const headers = Object.entries(response.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  return new Response(isBodiless ? null : Buffer.concat(chunks), { status, headers });
}

const publicLookup: NonNullable<RequestOptions['lookup']> = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (!first) {
      callback(new Error('The name has no address.'), '', 0);
      return;
    }
    if (addresses.some(({ address }) => !isPublicAddress(address))) {
      callback(refusedAddress(), '', 0);
      return;
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function refusedAddress(): UpstreamError {
  return new UpstreamError('unreachable', 'The provider is on a private network, which is not allowed.');
}

function toText(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('The body of a request is a form.');
}
