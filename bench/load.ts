import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends forms over connections that stay open. */
export class Connections {
  readonly #agent: Agent;
  readonly #host: string;
  readonly #port: number;

  constructor(issuer: string, count: number) {
    const { hostname, port } = new URL(issuer);
    this.#host = hostname;
    this.#port = Number(port);
    this.#agent = new Agent({ keepAlive: true, maxSockets: count });
  }

  send(
    method: string,
    path: string,
    options: { form?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    const body = options.form && new URLSearchParams(options.form).toString();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: this.#host,
          port: this.#port,
          method,
          path,
          headers: {
            ...(body === undefined
              ? {}
              : {
                  'content-type': 'application/x-www-form-urlencoded',
                  'content-length': Buffer.byteLength(body),
                }),
            ...options.headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/**
 * Keeps `workers` requests under way for some time.
 * @param milliseconds how long
 * @returns requests that were answered within that time
 */
export async function drive(
  workers: number,
  milliseconds: number,
  once: (worker: number) => Promise<void>,
): Promise<number> {
  const end = performance.now() + milliseconds;
  let count = 0;
  const work = async (worker: number): Promise<void> => {
    while (performance.now() < end) {
      await once(worker);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  return count;
}
