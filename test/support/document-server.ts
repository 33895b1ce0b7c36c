import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { LOOPBACK_CERTIFICATE, LOOPBACK_PRIVATE_KEY } from './loopback-certificate.js';

/** What the server answers at a path. */
export interface ServedDocument {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An https server on this machine, whose documents a test chooses. */
export interface DocumentServer {
  /** `https://localhost:<port>` */
  readonly origin: string;
  /** A file with the certificate, for `NODE_EXTRA_CA_CERTS` of whoever asks it. */
  readonly certificateFile: string;
  /** Puts a document at a path. @returns its address */
  put(path: string, document: ServedDocument | object): string;
  /** How often a path was asked for. */
  requests(path: string): number;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startDocumentServer(): Promise<DocumentServer> {
  const documents = new Map<string, ServedDocument>();
  const counts = new Map<string, number>();
  const server = createServer(
    { cert: LOOPBACK_CERTIFICATE, key: LOOPBACK_PRIVATE_KEY },
    (request, response) => {
      const at = request.url ?? '';
      counts.set(at, (counts.get(at) ?? 0) + 1);
      const found = documents.get(at);
      response.writeHead(found ? (found.status ?? 200) : 404, {
        'content-type': 'application/json',
        ...found?.headers,
      });
      response.end(found?.body ?? '{}');
    },
  );
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const origin = `https://localhost:${address.port}`;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-documents-'));
  const certificateFile = path.join(folder, 'certificate.pem');
  await writeFile(certificateFile, LOOPBACK_CERTIFICATE);
  return {
    origin,
    certificateFile,
    put(at, document) {
      documents.set(at, isServed(document) ? document : { body: JSON.stringify(document) });
      return `${origin}${at}`;
    },
    requests: (at) => counts.get(at) ?? 0,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

function isServed(document: object): document is ServedDocument {
  return 'body' in document && typeof document.body === 'string';
}
