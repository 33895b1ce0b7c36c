import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AuditEntry } from '../domain/audit/audit-event.js';

/** The figures of this process, counted by those who know and read by a monitoring system. */
export interface Metrics {
  readonly requestAnswered: (request: {
    readonly method: string;
    /** The route as it was declared, never a path. */
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }) => void;
  readonly tokenRequestAnswered: (request: { readonly grantType: string; readonly outcome: string }) => void;
  /** Hears of what was written into the audit log. */
  readonly audited: (entry: AuditEntry) => void;
  readonly attemptThrottled: () => void;
  /** Hears of each command to Redis. */
  readonly redisAnswered: (command: {
    readonly outcome: 'answered' | 'failed';
    readonly seconds: number;
  }) => void;
  /** Hears of a round of housekeeping. @param removed rows that one task removed */
  readonly purged: (task: string, removed: number) => void;
  readonly housekeepingFailed: (task: string) => void;
  /**
   * Adds a figure that is looked up whenever the metrics are read.
   * @param name without the prefix `latchkey_`
   * @param read answers the figure by its labels; none: it cannot be told now
   */
  readonly watch: (name: string, help: string, labels: readonly string[], read: ReadFigures) => void;
  /** The text exposition format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
  readonly expose: () => Promise<{ readonly type: string; readonly text: string }>;
}

/** One value, with the labels that it stands under. */
export interface Figure {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}
export type ReadFigures = () => readonly Figure[] | Promise<readonly Figure[]>;

/** Seconds: from an answer out of memory to one that somebody complains about. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Other methods are nobody's, and strangers could make up any number of them. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Makes the metrics of this process, with those of Node and the process itself.
 * @param build what runs, for `latchkey_build_info`
 */
export function createMetrics(build: { readonly version: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[] = []): Counter =>
    new Counter({ name: `latchkey_${name}`, help, labelNames, registers });

  new Gauge({
    name: 'latchkey_build_info',
    help: 'What runs; always 1.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: build.version, node: process.version }, 1);
  const requests = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const tokenRequests = counter(
    'token_requests_total',
    'Requests at the token endpoint, by what they asked for and how they were answered.',
    ['grant_type', 'outcome'],
  );
  const signIns = counter('sign_ins_total', 'Sign-ins, by how people proved who they are.', [
    'method',
    'outcome',
    'reason',
  ]);
  const events = counter('events_total', 'Events written into the audit log.', ['type']);
  const throttled = counter(
    'throttled_attempts_total',
    'Tries to prove who one is that were refused because there were too many.',
  );
  const redisCommands = new Histogram({
    name: 'latchkey_redis_command_duration_seconds',
    help: 'Time from a command to Redis to its answer, or until it was given up.',
    labelNames: ['outcome'],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const purges = counter('purged_rows_total', 'Rows removed because their time was over.', ['task']);
  const failures = counter('housekeeping_failures_total', 'Tasks of the housekeeping that failed.', ['task']);

  return {
    requestAnswered({ method, route, status, seconds }) {
      const known = METHODS.has(method) ? method : 'other';
      requests.observe({ method: known, route, status }, seconds);
    },
    tokenRequestAnswered({ grantType, outcome }) {
      tokenRequests.inc({ grant_type: grantType, outcome });
    },
    audited({ type, details = {} }) {
      events.inc({ type });
      if (type !== 'sign_in.succeeded' && type !== 'sign_in.failed') return;
      const outcome = type === 'sign_in.succeeded' ? 'succeeded' : 'failed';
      signIns.inc({ method: wordOf(details['method']), outcome, reason: wordOf(details['reason']) });
    },
    attemptThrottled: () => {
      throttled.inc();
    },
    redisAnswered({ outcome, seconds }) {
      redisCommands.observe({ outcome }, seconds);
    },
    purged(task, removed) {
      purges.inc({ task }, removed);
    },
    housekeepingFailed(task) {
      failures.inc({ task });
    },
    watch(name, help, labels, read) {
      new Gauge({
        name: `latchkey_${name}`,
        help,
        labelNames: [...labels],
        registers,
        async collect() {
          const figures = await read();
          this.reset();
          // A figure without labels would read 0 from now on, which is not the same as not being known.
          if (labels.length === 0 && figures.length === 0) this.remove();
          for (const { labels: at = {}, value } of figures) this.set(at, value);
        },
      });
    },
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** A word of the product's own; nothing that came from outside becomes a label. */
function wordOf(value: unknown): string {
  return typeof value === 'string' && /^[a-z][a-z0-9_]{0,39}$/.test(value) ? value : '';
}
