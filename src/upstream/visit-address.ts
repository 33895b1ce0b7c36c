import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../domain/clock.js';
import { VisitError, type Visit, type VisitFault, type Visitor } from '../domain/doctor/visit.js';

/** Milliseconds from the request to the end of its answer. */
const TIMEOUT_MS = 5_000;
/** Bytes of a body; what is asked for has some thousand. */
const MOST_BYTES = 512 * 1024;

const FAULTS: Readonly<Record<string, VisitFault>> = {
  ENOTFOUND: 'name_unknown',
  EAI_AGAIN: 'name_unknown',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'timed_out',
  ENETUNREACH: 'timed_out',
  ETIMEDOUT: 'timed_out',
  ABORT_ERR: 'timed_out',
  CERT_HAS_EXPIRED: 'certificate_expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate_untrusted',
  EPROTO: 'not_tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not_tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not_tls',
};

/** Asks addresses over the network, each over a connection of its own. */
export function createVisitor(clock: Clock): Visitor {
  return async (url, headers = {}) => {
    try {
      return await visit(url, headers, clock);
    } catch (error) {
      if (error instanceof VisitError) throw error;
      throw new VisitError(faultOf(error), { cause: error });
    }
  };
}

async function visit(url: string, headers: Readonly<Record<string, string>>, clock: Clock): Promise<Visit> {
  const client = url.startsWith('https:') ? https : http;
  const request = client.get(url, { headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const response = await new Promise<IncomingMessage>((answer, fail) => {
    request.once('response', answer);
    // Stays: an error after the answer is told by the answer's own stream.
    request.on('error', fail);
  });
  const at = clock.now();
  const { socket } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      request.destroy();
      break;
    }
    chunks.push(chunk);
  }
  const { 'set-cookie': setCookies = [], ...single } = response.headers;
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(single).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    ),
    setCookies,
    body: Buffer.concat(chunks).toString(),
    certificateValidTo: validTo(socket),
    at,
  };
}

function validTo(socket: unknown): Date | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const until = socket.getPeerX509Certificate()?.validTo;
  return until === undefined ? undefined : new Date(until);
}

function faultOf(error: unknown): VisitFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // A name with several addresses fails with all their errors at once.
  if (code === '' && error instanceof AggregateError) return faultOf(error.errors[0]);
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name)) return 'timed_out';
  return FAULTS[code] ?? 'broken_off';
}
