import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeStartFailure } from '../../src/composition/describe-start-failure.js';
import { listen, type Listening } from '../../src/composition/listen.js';
import { StartupError } from '../../src/composition/startup-error.js';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function start(host: string, port: number, onRequest: RequestListener): Promise<Listening> {
  const listening = await listen(host, port, onRequest);
  opened.push(() => listening.drain());
  return listening;
}

/** Opens a connection and keeps it. */
async function connect(port: number, host = '127.0.0.1'): Promise<net.Socket> {
  const socket = net.connect({ port, host });
  await once(socket, 'connect');
  opened.push(() => Promise.resolve(socket.destroy()));
  return socket;
}

async function ask(port: number, host = '127.0.0.1', agent: http.Agent | false = false): Promise<string> {
  const request = http.get({ host, port, agent });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return Buffer.concat((await response.toArray()) as Buffer[]).toString();
}

const codeOfConnecting = (port: number): Promise<unknown> =>
  connect(port).then(
    () => 'connected',
    (error: unknown) => (error as { code?: unknown }).code,
  );

/** Answers only when it is told to, and tells when a request has come. */
function createSlowAnswer() {
  const held: http.ServerResponse[] = [];
  const arrivals = new Set<() => void>();
  const onRequest: RequestListener = (_request, response) => {
    held.push(response);
    for (const arrived of arrivals) arrived();
  };
  return {
    onRequest,
    arrived: () => new Promise<void>((resolve) => arrivals.add(resolve)),
    answer: () => {
      for (const response of held.splice(0)) response.end('answered');
    },
  };
}

async function failureOf(work: Promise<unknown>): Promise<StartupError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof StartupError) return error;
  throw new Error('It did not fail as it should.', { cause: error });
}

describe('listen', () => {
  test('answers on a free port, and tells which', async () => {
    const { port } = await start('127.0.0.1', 0, (_request, response) => response.end('hello'));
    expect(port).toBeGreaterThan(0);
    expect(await ask(port)).toBe('hello');
  });

  test('takes localhost for both loopback addresses of the machine, on one port', async () => {
    const addresses = Object.values(os.networkInterfaces()).flatMap((list = []) =>
      list.filter(({ internal }) => internal).map(({ address }) => address),
    );
    const loopback = ['127.0.0.1', '::1'].filter((address) => addresses.includes(address));
    expect(loopback).toContain('127.0.0.1');
    const { port } = await start('localhost', 0, (request, response) => {
      response.end(String(request.socket.localAddress));
    });
    expect(await Promise.all(loopback.map((address) => ask(port, address)))).toEqual(loopback);
  });

  test('takes an address for that one only', async () => {
    const { port } = await start('127.0.0.1', 0, (_request, response) => response.end());
    await expect(ask(port, '127.0.0.2')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a port that is taken', () => {
  async function take(host: string): Promise<number> {
    const server = net.createServer().listen(0, host);
    await once(server, 'listening');
    opened.push(() => new Promise((resolve) => server.close(resolve)));
    return (server.address() as net.AddressInfo).port;
  }

  test('is told in one line that says what to do', async () => {
    const port = await take('127.0.0.1');
    const error = await failureOf(listen('127.0.0.1', port, () => undefined));
    expect(error.lines).toEqual([
      `Port ${port} is taken by another program: stop it, or set PORT to another one, for instance PORT=${port + 1}.`,
    ]);
    expect(describeStartFailure(error)).toEqual(error.lines);
  });

  test('on one of the two loopback addresses leaves the other one free', async () => {
    const addresses = Object.values(os.networkInterfaces()).flatMap((list = []) =>
      list.map((one) => one.address),
    );
    // Where there is no IPv6 the port is taken on the first address, which is refused just so.
    const port = await take(addresses.includes('::1') ? '::1' : '127.0.0.1');
    const error = await failureOf(listen('localhost', port, () => undefined));
    expect(error.lines[0]).toContain(`Port ${port} is taken`);
    if (addresses.includes('::1')) expect(await codeOfConnecting(port)).toBe('ECONNREFUSED');
  });
});

test.each([
  ['192.0.2.1', 'This machine has no address 192.0.2.1: set HOST to one that it has, or to 0.0.0.0 for all.'],
  ['name.invalid', /^(This machine has no address|Cannot listen on) name\.invalid\b.*HOST/],
])('a host that the machine does not have is told: %s', async (host, line) => {
  const error = await failureOf(listen(host, 0, () => undefined));
  expect(error.lines).toEqual([typeof line === 'string' ? line : expect.stringMatching(line)]);
});

test('a fault of ours is not told as one that a person can mend', () => {
  expect(describeStartFailure(new Error('broken'))).toBeUndefined();
  expect(describeStartFailure('broken')).toBeUndefined();
});

test('keepNoConnections has clients take another connection for the next request', async () => {
  const slow = createSlowAnswer();
  const listening = await start('127.0.0.1', 0, slow.onRequest);
  const connectionOf = async (underWay: () => void): Promise<string | undefined> => {
    const arrived = slow.arrived();
    const request = http.get({
      port: listening.port,
      host: '127.0.0.1',
      agent: new http.Agent({ keepAlive: true }),
    });
    await arrived;
    underWay();
    slow.answer();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    request.destroy();
    return response.headers.connection;
  };
  expect(await connectionOf(() => undefined)).toBe('keep-alive');
  expect(
    await connectionOf(() => {
      listening.keepNoConnections();
    }),
  ).toBe('close');
  expect(await connectionOf(() => undefined)).toBe('close');
});

describe('drain', () => {
  test('waits for the request under way, and takes no new connection meanwhile', async () => {
    const slow = createSlowAnswer();
    const listening = await start('127.0.0.1', 0, slow.onRequest);
    const arrived = slow.arrived();
    const answer = ask(listening.port);
    await arrived;

    const events: string[] = [];
    const drained = listening.drain().then(() => events.push('drained'));
    // It reads what has arrived first.
    await nextTurn();
    await nextTurn();
    expect(await codeOfConnecting(listening.port)).toBe('ECONNREFUSED');
    events.push('answered');
    slow.answer();
    expect(await answer).toBe('answered');
    await drained;
    expect(events).toEqual(['answered', 'drained']);
  });

  test('is over when the last request under way is answered, though its client keeps the connection', async () => {
    const slow = createSlowAnswer();
    const listening = await start('127.0.0.1', 0, slow.onRequest);
    const agent = new http.Agent({ keepAlive: true });
    const arrived = slow.arrived();
    const answer = ask(listening.port, '127.0.0.1', agent);
    await arrived;
    const drained = listening.drain();
    slow.answer();
    expect(await answer).toBe('answered');
    await drained;
    agent.destroy();
  });

  test('lets an answer go out whole that had begun', async () => {
    const slow = createSlowAnswer();
    const listening = await start('127.0.0.1', 0, (request, response) => {
      response.write('begun, ');
      slow.onRequest(request, response);
    });
    const agent = new http.Agent({ keepAlive: true });
    const arrived = slow.arrived();
    const answer = ask(listening.port, '127.0.0.1', agent);
    await arrived;
    const drained = listening.drain();
    slow.answer();
    expect(await answer).toBe('begun, answered');
    await drained;
    agent.destroy();
  });

  test('does not wait for connections that ask nothing', async () => {
    const listening = await start('127.0.0.1', 0, (_request, response) => response.end('hello'));
    // A browser opens connections before it has anything to ask, and keeps those over which it has asked.
    const unused = await connect(listening.port);
    const used = await connect(listening.port);
    const halfway = await connect(listening.port);
    const hungUp = [unused, used, halfway].map((socket) => once(socket, 'close'));
    used.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(used, 'data');
    halfway.write('GET / HTTP/1.1\r\nHo');
    for (const socket of [unused, used, halfway]) socket.on('error', () => undefined).resume();
    await listening.drain();
    await Promise.all(hungUp);
  });

  test('answers what a connection asks that was opened just before', async () => {
    const listening = await start('127.0.0.1', 0, (_request, response) => response.end('answered'));
    const socket = await connect(listening.port);
    const answer = once(socket.setEncoding('utf8'), 'data');
    // The server has taken the connection when it has answered over a later one.
    await ask(listening.port);
    const drained = listening.drain();
    await nextTurn();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(await answer)).toContain('Connection: close');
    await drained;
  });

  test('can be asked for twice', async () => {
    const listening = await start('127.0.0.1', 0, (_request, response) => response.end());
    await listening.drain();
    await listening.drain();
  });
});
