import { once } from 'node:events';
import { readForm } from '../../src/http/form-body.js';
import { accessLog } from '../../src/http/middlewares/access-log.js';
import { errorHandler } from '../../src/http/middlewares/error-handler.js';
import { requestId } from '../../src/http/middlewares/request-id.js';
import {
  createRecordingLogger,
  formRequest,
  testPages,
  useHttpApps,
  type HttpRequest,
} from '../support/http-app.js';

const serve = useHttpApps();
const FORM = 'application/x-www-form-urlencoded';
const KIB = 1024;

async function serveForms() {
  const logger = createRecordingLogger();
  let tell: () => void = () => undefined;
  const logged = new Promise<void>((resolve) => (tell = resolve));
  const app = await serve(
    async (_ctx, next) => {
      await next();
      tell();
    },
    requestId,
    accessLog(logger),
    errorHandler(testPages, logger),
    async (ctx) => {
      ctx.body = [...(await readForm(ctx))];
    },
  );
  return { app, logger, logged };
}

async function read(request: HttpRequest) {
  const { app } = await serveForms();
  return app.ask('/', { method: 'POST', ...request });
}

const posting = (body: string | Buffer, headers: Record<string, string> = {}): HttpRequest => ({
  method: 'POST',
  body,
  headers: { 'content-type': FORM, 'content-length': Buffer.byteLength(body), ...headers },
});

describe('a form (WHATWG URL §5.1)', () => {
  test('is read with its values exactly as they were typed', async () => {
    const fields = { username: ' Jo+Doe@example.com ', password: 'ä&=+%25 "🗝"\u0000', empty: '' };
    expect((await read(formRequest(fields))).json()).toEqual(Object.entries(fields));
  });

  test.each([
    ['', []],
    ['a', [['a', '']]],
    ['a=1&a=2', [['a', '1']]],
    ['a=&a=2', [['a', '']]],
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a=%', [['a', '%']]],
    ['a=%zz', [['a', '%zz']]],
    ['a=1;b=2', [['a', '1;b=2']]],
    [
      '__proto__=1&constructor=2',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
    ['a[b]=1', [['a[b]', '1']]],
  ])('%j becomes %j', async (body, expected) => {
    expect((await read(posting(body))).json()).toEqual(expected);
  });

  test('is UTF-8 whatever its charset says, also where a character comes in two pieces', async () => {
    const latin = await read(posting('a=%C3%BC', { 'content-type': `${FORM}; charset=iso-8859-1` }));
    expect(latin.json()).toEqual([['a', 'ü']]);

    const { app } = await serveForms();
    const socket = await app.connect();
    const [first = 0, second = 0] = Buffer.from('ü');
    const received = socket.toArray();
    socket.write(
      `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    socket.write(Buffer.concat([Buffer.from('3\r\na='), Buffer.from([first]), Buffer.from('\r\n')]));
    socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.from([second]), Buffer.from('\r\n0\r\n\r\n')]));
    expect(Buffer.concat((await received) as Buffer[]).toString()).toContain('[["a","ü"]]');
  });

  test('that is no UTF-8 is read with the characters that show it', async () => {
    expect((await read(posting(Buffer.from('a=\xff', 'latin1')))).json()).toEqual([['a', '\ufffd']]);
  });
});

describe('another content type', () => {
  test.each([
    [FORM, 200],
    ['APPLICATION/X-WWW-FORM-URLENCODED', 200],
    [`${FORM}; charset=utf-8`, 200],
    ['application/json', 400],
    ['multipart/form-data; boundary=x', 400],
    ['text/plain', 400],
    [`text/plain; x=${FORM}`, 400],
    ['nonsense', 400],
    ['', 400],
  ])('%s is answered with %i', async (type, status) => {
    expect((await read(posting('a=1', { 'content-type': type }))).status).toBe(status);
  });

  test('or none is answered with 400', async () => {
    expect((await read({ body: 'a=1', headers: { 'content-length': 3 } })).status).toBe(400);
    expect((await read({ headers: {} })).status).toBe(400);
  });
});

describe('a form that is too large', () => {
  // As browsers do: they write to the end, and then read.
  const connection = 'keep-alive';
  const ofLength = (bytes: number): string => `a=${'x'.repeat(bytes - 2)}`;

  test.each([
    [64 * KIB, 200],
    [64 * KIB + 1, 400],
    [4 * KIB * KIB, 400],
  ])('%i bytes with a length are answered with %i', async (bytes, status) => {
    expect((await read(posting(ofLength(bytes), { connection }))).status).toBe(status);
  });

  test.each([
    [64 * KIB, 200],
    [64 * KIB + 1, 400],
    [4 * KIB * KIB, 400],
  ])('%i bytes in chunks are answered with %i (RFC 9112 §7.1)', async (bytes, status) => {
    const answer = await read({
      body: ofLength(bytes),
      headers: { 'content-type': FORM, 'transfer-encoding': 'chunked', connection },
    });
    expect(answer.status).toBe(status);
  });

  test('is refused as soon as it is, not at its end', async () => {
    const { app } = await serveForms();
    const socket = await app.connect();
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    socket.write(`${(64 * KIB + 1).toString(16)}\r\n${ofLength(64 * KIB + 1)}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  test('is taken to its end from a client that only reads after it has written', async () => {
    const { app } = await serveForms();
    const socket = await app.connect();
    const length = 16 * KIB * KIB;
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: ${length}\r\n\r\n`);
    await new Promise((resolve) => socket.write(ofLength(length), resolve));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  test('leaves the server well', async () => {
    const { app } = await serveForms();
    await app.ask('/', posting(ofLength(KIB * KIB), { connection }));
    expect((await app.ask('/', posting('a=1'))).json()).toEqual([['a', '1']]);
  });
});

test('a form that the browser stops sending is no failure of the server', async () => {
  const { app, logger, logged } = await serveForms();
  const socket = await app.connect();
  socket.write(
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\nusername=jo`,
  );
  socket.destroy();
  await logged;
  expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(logger.lines).toMatchObject([{ event: 'request', fields: { status: 400 } }]);
});
