import type { Config } from '../config/config.js';
import { signingKeyStatus, type SigningKey } from '../domain/signing-keys/signing-key.js';
import { VERSION } from '../domain/version.js';
import { createMetricsApp, isFromLoopback, type MetricsDeps } from '../http/metrics.js';
import type { RequestObserver } from '../http/middlewares/access-log.js';
import { createMetrics, type Figure, type Metrics } from '../observability/metrics.js';
import { answeredTokenRequest } from '../provider/token-request.js';
import { askDatabase } from '../storage/postgres/ask-database.js';
import { poolUsage } from '../storage/postgres/pool-usage.js';
import { listen, type Listening } from './listen.js';
import type { Application } from './application.js';

/** How long a reader of the metrics waits for the database, milliseconds: monitoring itself waits for ten seconds. */
const DATABASE_MS = 2_000;

/** The lanes of batches by their names. */
export type Loads = Map<string, () => { readonly waiting: number; readonly running: number }>;

/** Makes the metrics of a server, before anything that counts is there. */
export function openMetrics(): Metrics {
  return createMetrics({ version: VERSION });
}

/**
 * Adds what is looked up when the metrics are read.
 * @param parts.lanes the lanes of batches; more may be added later
 */
export function watchApplication(
  metrics: Metrics,
  application: Application,
  parts: { readonly lanes: Loads; readonly signingKeys: () => readonly SigningKey[] },
): void {
  const { clock, stores, passwordHasher } = application;
  const { knex } = application.database;

  metrics.watch('database_up', 'Whether the database answers and takes changes.', [], async () => {
    const isUp = await askDatabase(knex, DATABASE_MS).then(
      () => true,
      () => false,
    );
    return [{ value: isUp ? 1 : 0 }];
  });
  metrics.watch('database_connections', 'Connections of this process by state.', ['state'], () => {
    const usage = poolUsage(knex);
    if (!usage) return [];
    return [
      { labels: { state: 'used' }, value: usage.used },
      { labels: { state: 'idle' }, value: usage.idle },
    ];
  });
  metrics.watch('database_connections_max', 'Connections that this process may have.', [], () =>
    one(poolUsage(knex)?.max),
  );
  metrics.watch('database_waiting_requests', 'Requests that wait for a connection.', [], () =>
    one(poolUsage(knex)?.waiting),
  );
  const { redis } = application;
  metrics.watch('redis_up', 'Whether Redis answers; absent without one.', [], async () => {
    if (!redis) return [];
    const answer = await withinTime(redis.ping().then(() => 1));
    return [{ value: answer ?? 0 }];
  });
  metrics.watch('redis_waiting_commands', 'Commands to Redis that wait for an answer.', [], () =>
    one(redis?.waiting()),
  );
  metrics.watch('batch_lane_items', 'Items that wait in each lane of batches.', ['lane'], () =>
    [...parts.lanes].map(([lane, load]) => ({ labels: { lane }, value: load().waiting })),
  );
  metrics.watch('batch_lane_batches', 'Batches under way in each lane.', ['lane'], () =>
    [...parts.lanes].map(([lane, load]) => ({ labels: { lane }, value: load().running })),
  );
  metrics.watch('password_hashes', 'Passwords that are hashed now, or wait for it.', ['state'], () => {
    const { running, waiting } = passwordHasher.load();
    return [
      { labels: { state: 'running' }, value: running },
      { labels: { state: 'waiting' }, value: waiting },
    ];
  });
  metrics.watch('signing_keys', 'Signing keys that are published.', ['algorithm', 'state'], () =>
    countKeys(parts.signingKeys(), clock.now()),
  );
  metrics.watch('signing_key_age_seconds', 'Age of the keys that sign now.', ['algorithm'], () =>
    parts
      .signingKeys()
      .filter((key) => signingKeyStatus(key, clock.now()) === 'signing')
      .map((key) => ({
        labels: { algorithm: key.algorithm },
        value: (clock.now().getTime() - key.createdAt.getTime()) / 1000,
      })),
  );
  metrics.watch('mails', 'Mails that wait (pending) or were given up (dead).', ['state'], async () =>
    byState(await withinTime(stores.mailQueue.backlog())),
  );
  metrics.watch('logouts', 'Back-channel logouts that wait or were given up.', ['state'], async () =>
    byState(await withinTime(stores.logoutQueue.backlog())),
  );
}

/** Counts each request, and what was asked of the token endpoint. */
export function countRequests(metrics: Metrics): RequestObserver {
  return (answered, ctx) => {
    metrics.requestAnswered(answered);
    const tokenRequest = answeredTokenRequest(ctx);
    if (tokenRequest) metrics.tokenRequestAnswered(tokenRequest);
  };
}

/**
 * Who may read the metrics at the port of the provider itself: with the token, whoever has it; without one nobody in
 * production, where behind a proxy everybody may seem to be on this machine, and elsewhere this machine alone.
 */
export function metricsAccess({ mode, metrics }: Config): Pick<MetricsDeps, 'token' | 'mayReadWithoutToken'> {
  return {
    token: metrics.token,
    mayReadWithoutToken: (ctx) => mode !== 'production' && isFromLoopback(ctx),
  };
}

/** Listens on the port that METRICS_PORT names; undefined without one. @throws {StartupError} when it is taken */
export async function listenForMetrics(
  { metrics: { host, port, token } }: Config,
  metrics: Metrics,
): Promise<Listening | undefined> {
  if (port === undefined) return undefined;
  const app = createMetricsApp({ expose: metrics.expose, token });
  const answer = app.callback();
  return listen(host, port, (req, res) => void answer(req, res), {
    host: 'METRICS_HOST',
    port: 'METRICS_PORT',
  });
}

function countKeys(keys: readonly SigningKey[], now: Date): readonly Figure[] {
  const counts = new Map<string, { labels: { algorithm: string; state: string }; value: number }>();
  for (const key of keys) {
    const labels = { algorithm: key.algorithm, state: signingKeyStatus(key, now) };
    const name = `${labels.algorithm} ${labels.state}`;
    counts.set(name, { labels, value: (counts.get(name)?.value ?? 0) + 1 });
  }
  return [...counts.values()];
}

function one(value: number | undefined): readonly Figure[] {
  return value === undefined ? [] : [{ value }];
}

function byState(backlog: { readonly pending: number; readonly dead: number } | undefined) {
  if (!backlog) return [];
  return [
    { labels: { state: 'pending' }, value: backlog.pending },
    { labels: { state: 'dead' }, value: backlog.dead },
  ];
}

/** @returns undefined when it fails or takes too long: figures that need no database are told nevertheless */
async function withinTime<Result>(work: PromiseLike<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), DATABASE_MS).unref();
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
