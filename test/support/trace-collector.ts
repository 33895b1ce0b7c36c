import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it was sent. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A collector of traces, which also takes whatever else is posted to it. */
export interface TraceCollector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Attributes of what sent the spans. */
  readonly resource: CollectedSpan['attributes'];
  /** All that was sent, as it was. */
  readonly text: string;
  /** Resolves with the headers of the first request for a path. */
  asked(path: string): Promise<IncomingHttpHeaders>;
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'attributes' | 'failed'> & {
        readonly attributes: readonly Attribute[];
        readonly status: { readonly code: number };
      })[];
    }[];
  }[];
}

/** Starts a collector that takes OTLP over HTTP as JSON. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const state = { text: '', resource: {} };
  const heard = new Map<string, IncomingHttpHeaders>();
  let tell: () => void = () => undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      heard.set(path, request.headers);
      if (path === '/v1/traces') {
        state.text += body;
        for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
          state.resource = toAttributes(resource.attributes);
          spans.push(...scopeSpans.flatMap((scope) => scope.spans.map(toSpan)));
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      tell();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get resource() {
      return state.resource;
    },
    get text() {
      return state.text;
    },
    async asked(path) {
      for (;;) {
        const headers = heard.get(path);
        if (headers) return headers;
        await new Promise<void>((resolve) => (tell = resolve));
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function toSpan({ status, attributes, ...span }: Export['resourceSpans'][0]['scopeSpans'][0]['spans'][0]) {
  return { ...span, failed: status.code === 2, attributes: toAttributes(attributes) };
}

function toAttributes(attributes: readonly Attribute[]): CollectedSpan['attributes'] {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));
}
