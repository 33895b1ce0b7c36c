import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';
import { createPages, type Pages } from '../../src/http/pages.js';
import { createStaticAssets, type StaticAssets } from '../../src/http/static-assets.js';
import type { Views } from '../../src/http/view-models.js';
import { createViews, findViewsRoot } from '../../src/http/views.js';
import type { LogFields, Logger } from '../../src/observability/logger.js';

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  json(): unknown;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** An application on a free loopback port. */
export interface HttpApp {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  ask(pathAndQuery: string, request?: HttpRequest): Promise<HttpAnswer>;
  /** Sends bytes as they are and answers all that comes back until the server closes the connection. */
  sendRaw(text: string): Promise<string>;
  /** Opens a connection for a test that writes to it in steps. */
  connect(): Promise<net.Socket>;
}

const root = findViewsRoot(import.meta.dirname);

/** The files of the real pages. */
export const testAssets: StaticAssets = createStaticAssets({ root, branding: { name: 'Latchkey' } });

/** The real pages. */
export const testPages: Pages = createPages(
  createViews({ root, branding: { name: 'Latchkey' }, assets: testAssets, cache: true }),
);

/**
 * Serves middlewares and routers, in the order given, as the product's application would.
 * @returns a function that starts one more; all are closed after each test
 */
export function useHttpApps(): (...middlewares: readonly (Middleware | Router)[]) => Promise<HttpApp> {
  const servers: http.Server[] = [];
  afterEach(async () => {
    await Promise.all(
      servers.splice(0).map(async (server) => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }),
    );
  });
  return async (...middlewares) => {
    const app = new Koa({ proxy: true, keys: ['a key for tests'] });
    app.silent = true;
    for (const middleware of middlewares) {
      if (middleware instanceof Router) app.use(middleware.routes());
      else app.use(middleware);
    }
    const answer = app.callback();
    const server = http.createServer((request, response) => void answer(request, response));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return toHttpApp((server.address() as AddressInfo).port);
  };
}

function toHttpApp(port: number): HttpApp {
  const connect = async (): Promise<net.Socket> => {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    ask: (path, request) => ask(port, path, request),
    async sendRaw(text) {
      const socket = await connect();
      const received = socket.setEncoding('utf8').toArray();
      socket.write(text);
      return (await received).join('');
    },
    connect,
  };
}

/** Asks by Node's own client, which follows no redirects and sends the headers that it is given, `Host` included. */
async function ask(
  port: number,
  path: string,
  { method, headers, body }: HttpRequest = {},
): Promise<HttpAnswer> {
  const request = http.request({
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    method,
    headers: { ...headers },
  });
  // An error before the answer rejects below; after it, the server may well have hung up on a body that it refused.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text,
    json: () => JSON.parse(text) as unknown,
  };
}

/** One written line. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly event: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is given, before any field is left out. */
export function createRecordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: keyof Logger) =>
    (event: string, fields: LogFields | (() => LogFields) = {}): void => {
      lines.push({ level, event, fields: typeof fields === 'function' ? fields() : fields });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Headers with which a browser asks for a page. */
export const BROWSER: http.OutgoingHttpHeaders = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
};

/** A form as browsers send it. */
export function formRequest(
  fields: Readonly<Record<string, string>>,
  headers: http.OutgoingHttpHeaders = {},
): HttpRequest {
  const body = new URLSearchParams(fields).toString();
  return {
    method: 'POST',
    headers: {
      ...BROWSER,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
    body,
  };
}

/** What `modelPages` answers in place of a page. */
export interface ShownPage {
  readonly page: keyof Views;
  readonly model: Readonly<Record<string, unknown>>;
  readonly display?: string;
  readonly uiLocales?: string;
}

/** Pages that answer, as JSON, which page they would show with which model. */
export const modelPages: Pages = {
  languageOf: () => 'en',
  show(ctx, page, model, { status = 200, display, uiLocales } = {}) {
    ctx.status = status;
    ctx.body = { page, model, display, uiLocales };
  },
};

/** The page that `modelPages` answered. */
export function shownPage(answer: HttpAnswer): ShownPage {
  return answer.json() as ShownPage;
}
