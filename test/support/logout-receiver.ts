import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A relying party that takes logout tokens, and can be down. */
export class LogoutReceiver {
  status = 200;
  readonly #server: Server;
  readonly #tokens: Readonly<Record<string, unknown>>[] = [];
  #heard: () => void = () => undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const [, claims = ''] = (new URLSearchParams(body).get('logout_token') ?? '').split('.');
        if (this.status === 200) {
          this.#tokens.push(
            JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>,
          );
        }
        response.writeHead(this.status).end();
        this.#heard();
      });
    });
  }

  async start(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/logout`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Resolves with the tokens once there are so many. */
  async tokens(count: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    while (this.#tokens.length < count) await new Promise<void>((resolve) => (this.#heard = resolve));
    return this.#tokens;
  }

  /** Resolves when it was asked once more. */
  asked(): Promise<void> {
    return new Promise((resolve) => (this.#heard = resolve));
  }
}
