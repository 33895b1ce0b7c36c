import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadConfig } from '../src/config/load-config.js';
import { openApplication } from '../src/composition/open-application.js';
import { createAccount } from '../src/domain/accounts/create-account.js';
import { registerClient } from '../src/domain/clients/register-client.js';
import { startEmbeddedPostgres } from '../src/storage/postgres/embedded-postgres.js';
import { Connections } from './load.js';
import { cpuOf } from './process-cpu.js';
import { REDIRECT_URI, RESOURCE, type Target } from './visitor.js';

/** CPU time so far, in microseconds. */
export interface Cpu {
  readonly node: number;
  readonly postgres: number;
}

/** A server that is measured. */
export interface Subject extends Target {
  cpu(): Cpu;
  stop(): Promise<void>;
}

const PASSWORD = 'a quiet meadow at dawn';
const here = import.meta.dirname;

/**
 * The bare library, in memory or over the plain adapter.
 * @param workers requests at a time
 */
export async function startBareProvider(workers: number, storage: 'memory' | 'knex'): Promise<Subject> {
  const database = storage === 'knex' ? await startDatabase() : undefined;
  const child = start(['--import', 'tsx', path.join(here, 'bare-provider.ts')], {
    ...process.env,
    ...(database && { DATABASE_URL: database.url }),
  });
  const line = await lineOf(child, (text) => text.startsWith('{'));
  const told = JSON.parse(line) as { issuer: string; clientId: string; clientSecret: string };
  const connections = new Connections(told.issuer, workers);
  return {
    ...told,
    service: told,
    resourceService: told,
    name: storage === 'memory' ? 'library in memory' : 'plain Knex adapter',
    connections,
    people: peopleFor(workers),
    password: PASSWORD,
    cpu: () => ({ node: cpuOf(child.pid ?? 0), postgres: database ? database.cpu() : 0 }),
    async stop() {
      connections.close();
      await end(child);
      await database?.stop();
    },
  };
}

/** This server as it is built, durable, with a database of its own; its passwords alone are compared without argon2. */
export async function startLatchkey(workers: number): Promise<Subject> {
  const database = await startDatabase();
  const config = path.join(database.dataDir, 'latchkey.yaml');
  writeFileSync(config, JSON.stringify(SETTINGS));
  const env = {
    ...process.env,
    CONFIG: config,
    DATA_DIR: database.dataDir,
    DATABASE_URL: database.url,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'test',
    PORT: '0',
  };
  const child = start(
    ['--import', path.join(here, 'without-hash.mjs'), path.join(here, '../dist/main.js')],
    env,
  );
  const issuer = /http\S+/.exec(await lineOf(child, (text) => text.includes('Issuer')))?.[0] ?? '';
  const application = await openApplication({ ...loadConfig(env), issuer }, { applicationName: 'bench' });
  const people = peopleFor(workers);
  for (const email of people) {
    await createAccount(
      { ...application, passwordHasher: { ...application.passwordHasher, hash: cheapHash } },
      { email, password: PASSWORD, emailVerified: true },
    );
  }
  const { client, secret = '' } = await registerClient(
    { ...application, declaredClientIds: new Set<string>() },
    {
      name: 'bench',
      type: 'web',
      redirectUris: [REDIRECT_URI],
      scopes: ['openid', 'email', 'orders:read'],
      resources: [RESOURCE],
      metadata: { token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256' },
    },
  );
  const serviceWith = async (resources: readonly string[]) => {
    const scopes = resources.length > 0 ? ['orders:read'] : [];
    const { client: service, secret: serviceSecret = '' } = await registerClient(
      { ...application, declaredClientIds: new Set<string>() },
      {
        name: 'bench service',
        type: 'service',
        redirectUris: [],
        scopes,
        resources,
        metadata: { token_endpoint_auth_method: 'client_secret_post' },
      },
    );
    return { clientId: service.clientId, clientSecret: serviceSecret };
  };
  const service = await serviceWith([]);
  const resourceService = await serviceWith([RESOURCE]);
  await application.close();
  const connections = new Connections(issuer, workers);
  return {
    name: 'Latchkey',
    connections,
    clientId: client.clientId,
    clientSecret: secret,
    service,
    resourceService,
    people,
    password: PASSWORD,
    cpu: () => ({ node: cpuOf(child.pid ?? 0), postgres: database.cpu() }),
    async stop() {
      connections.close();
      await end(child);
      await database.stop();
    },
  };
}

const SETTINGS = {
  scopes: [{ name: 'orders:read', description: 'see your orders' }],
  resources: [
    {
      identifier: RESOURCE,
      name: 'Orders',
      scopes: ['orders:read'],
      access_token_format: 'jwt',
      access_token_lifetime_seconds: 300,
      signing_algorithm: 'ES256',
    },
  ],
};

/** As `without-hash.mjs` compares. */
async function cheapHash(password: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(password));
  return `$argon2id$bench$${Buffer.from(digest).toString('base64')}`;
}

function peopleFor(workers: number): string[] {
  return Array.from({ length: workers }, (_, worker) => `ada-${worker}@example.com`);
}

/** An embedded PostgreSQL that keeps its promises, in a folder that is removed with it. */
async function startDatabase() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'));
  // As root, PostgreSQL runs as another user: where it cannot enter, it keeps its files elsewhere, where nobody removes them.
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: path.join(dataDir, 'postgres') });
  return {
    url: server.url,
    dataDir,
    cpu: () => cpuOf(server.pid, true),
    async stop() {
      await server.stop({ evenIfInUse: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function lineOf(child: ChildProcess, matches: (line: string) => boolean): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!matches(line)) continue;
    child.stdout.resume();
    return line;
  }
  throw new Error('the server ended before it was ready');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
