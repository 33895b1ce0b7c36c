import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** The status line and the headers, as they came. */
  readonly head: string;
  readonly text: string;
}

export interface Asked {
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** One connection that stays open, for one request at a time: cheaper than a client that knows all of HTTP. */
class Connection {
  /** False once the server has closed it, as it does with idle ones. */
  isOpen = true;
  readonly #socket: Socket;
  #received = '';
  #waiting: Waiting | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true });
    // Header and body are read as bytes, one a character.
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#receive(text);
    });
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => {
      this.isOpen = false;
      this.#waiting?.reject(new Error('the connection was closed'));
    });
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#received.slice(0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const body = this.#received.slice(end + 4, end + 4 + length);
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (/^transfer-encoding:/im.test(head)) waiting?.reject(new Error('an answer in pieces'));
    else waiting?.resolve({ status: Number(head.slice(9, 12)), head, text: body });
  }
}

/** Sends forms over connections that stay open. */
export class Connections {
  readonly #host: string;
  readonly #free: Connection[];
  readonly #open: () => Connection;
  readonly #queue: ((connection: Connection) => void)[] = [];

  constructor(issuer: string, count: number) {
    const { hostname, port, host } = new URL(issuer);
    this.#host = host;
    const address = hostname === 'localhost' ? '127.0.0.1' : hostname;
    this.#open = () => new Connection(address, Number(port));
    this.#free = Array.from({ length: count }, this.#open);
  }

  async send(method: string, path: string, { form, headers = {} }: Asked = {}): Promise<Answer> {
    const body = form === undefined ? '' : new URLSearchParams(form).toString();
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${this.#host}`];
    if (form !== undefined) {
      lines.push('Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`);
    }
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    const kept = this.#free.pop() ?? (await new Promise<Connection>((resolve) => this.#queue.push(resolve)));
    const connection = kept.isOpen ? kept : this.#open();
    try {
      return await connection.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
    } finally {
      const next = this.#queue.shift();
      if (next) next(connection);
      else this.#free.push(connection);
    }
  }

  close(): void {
    for (const connection of this.#free) connection.close();
  }
}

/**
 * Keeps `workers` requests under way for some time.
 * @param milliseconds how long
 * @returns how often all was done within that time
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
