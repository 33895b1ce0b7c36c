import { once } from 'node:events';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { createServer, request as tlsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificates.js';

/** A proxy that ends TLS, asks for certificates, and tells the server of them as nginx does. */
export interface TlsProxy {
  readonly port: number;
  /** Where it passes requests on; set it once the server listens. */
  target: string;
  /** A fetch that presents the certificate and trusts the proxy, for OAuth clients. */
  fetchWith(certificate: TestCertificate | undefined): typeof fetch;
  close(): Promise<void>;
}

/**
 * Starts a proxy on loopback.
 * @param options.own what it shows of itself
 * @param options.authority whose certificates it takes for verified
 */
export async function startTlsProxy(options: {
  readonly own: TestCertificate;
  readonly authority: TestCertificate;
}): Promise<TlsProxy> {
  const { own, authority } = options;
  const server = createServer({
    key: own.key,
    cert: own.pem,
    ca: authority.pem,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const proxy = {
    port: 0,
    target: '',
    fetchWith: (certificate: TestCertificate | undefined): typeof fetch =>
      ((url: string, init: RequestInit = {}) => fetchBy(url, init, own, certificate)) as typeof fetch,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('request', (incoming, outgoing) => {
    const { socket } = incoming;
    const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    const isVerified = socket instanceof TLSSocket && socket.authorized;
    const onward = plainRequest(new URL(incoming.url ?? '/', proxy.target), {
      method: incoming.method ?? 'GET',
      headers: {
        ...incoming.headers,
        'x-ssl-client-cert': encodeURIComponent(shown?.toString() ?? ''),
        'x-ssl-client-verify': !shown ? 'NONE' : isVerified ? 'SUCCESS' : 'FAILED:self-signed',
      },
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address !== null && typeof address === 'object') proxy.port = address.port;
  return proxy;
}

async function fetchBy(
  url: string,
  init: RequestInit,
  authority: TestCertificate,
  certificate: TestCertificate | undefined,
): Promise<Response> {
  const outgoing = tlsRequest(url, {
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
    ca: authority.pem,
    agent: false,
    ...(certificate ? { cert: certificate.pem, key: certificate.key } : {}),
  });
  const body = init.body === undefined || init.body === null ? '' : await new Response(init.body).text();
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, String(value)] as [string, string],
  );
  const status = incoming.statusCode ?? 0;
  return new Response(status === 204 ? null : Buffer.concat(chunks), { status, headers });
}
