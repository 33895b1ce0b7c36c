import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TracerProvider,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { SpanAttributes, Tracing } from './tracing.js';

/** Milliseconds that a stop waits for the collector. */
const CLOSE_MS = 3_000;

export interface OtlpTracingOptions {
  /** Where the collector takes OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  /** Share of the traces that begin here and are recorded, 0 to 1; one that was begun elsewhere decides for itself. */
  readonly ratio: number;
}

/**
 * Sends spans to a collector by OTLP over HTTP, as JSON. The exporter reads the other `OTEL_EXPORTER_OTLP_…` variables
 * (headers, certificates, time-outs) itself.
 * @see https://opentelemetry.io/docs/specs/otlp/
 */
export function createOtlpTracing({ endpoint, serviceName, version, ratio }: OtlpTracingOptions): Tracing {
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ 'service.name': serviceName })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracer = provider.getTracer('latchkey', version);
  const propagator = new W3CTraceContextPropagator();

  const begin = (name: string, attributes: SpanAttributes, kind: SpanKind): Span | undefined =>
    isTraced() ? tracer.startSpan(name, { kind, attributes }) : undefined;
  const run = async <Result>(span: Span, work: () => Promise<Result>, parent?: Context): Promise<Result> => {
    try {
      return await context.with(trace.setSpan(parent ?? context.active(), span), work);
    } catch (error) {
      fail(span, failureOf(error));
      throw error;
    } finally {
      span.end();
    }
  };

  return {
    request({ method, headers }, answer) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, INCOMING);
      const attributes = { 'http.request.method': method };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
      const { traceId } = span.spanContext();
      const traced = {
        traceId,
        answered({ route, status, requestId }: { route: string; status: number; requestId: string }) {
          span.updateName(`${method} ${route}`);
          span.setAttributes({
            'http.route': route,
            'http.response.status_code': status,
            'latchkey.request_id': requestId,
          });
          if (status >= 500) fail(span, String(status));
        },
      };
      return run(span, () => answer(traced), parent);
    },
    async within(name, attributes, work) {
      const span = begin(name, attributes, SpanKind.INTERNAL);
      return span ? run(span, work) : work();
    },
    begin(name, attributes) {
      const span = begin(name, attributes, SpanKind.CLIENT);
      return (
        span && {
          end(failure) {
            if (failure !== undefined) fail(span, failure);
            span.end();
          },
        }
      );
    },
    async outbound({ method, url }, send) {
      const { hostname, port } = new URL(url);
      const attributes = {
        'http.request.method': method,
        'server.address': hostname,
        ...(port === '' ? {} : { 'server.port': Number(port) }),
      };
      // Not only below a request: logouts and logos are fetched in their own time.
      const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes });
      return run(span, async () => {
        const headers: Record<string, string> = {};
        propagator.inject(context.active(), headers, OUTGOING);
        const answer = await send(headers);
        span.setAttribute('http.response.status_code', answer.status);
        if (answer.status >= 400) fail(span, String(answer.status));
        return answer;
      });
    },
    async close() {
      const late = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

const INCOMING: TextMapGetter<Readonly<Record<string, string | readonly string[] | undefined>>> = {
  get: (carrier, key) => {
    const value = carrier[key];
    return typeof value === 'string' ? value : value?.[0];
  },
  keys: (carrier) => Object.keys(carrier),
};

const OUTGOING: TextMapSetter<Record<string, string>> = {
  set: (carrier, key, value) => {
    carrier[key] = value;
  },
};

function isTraced(): boolean {
  const span = trace.getActiveSpan();
  return span?.isRecording() ?? false;
}

function fail(span: Span, failure: string): void {
  span.setAttribute('error.type', failure);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Messages can quote what a user sent, so they stay out. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
