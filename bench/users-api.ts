// Measures lists of users as the REST API answers them, as ratios to its first page: see README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openApplication } from '../src/composition/open-application.js';
import { loadConfig } from '../src/config/load-config.js';
import { registerClient } from '../src/domain/clients/register-client.js';
import { startEmbeddedPostgres } from '../src/storage/postgres/embedded-postgres.js';
import { Connections } from './load.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 25);
const LISTS: Readonly<Record<string, string>> = {
  'first page, again': '',
  'newest first': '?sort=-created_at',
  '5 have it': '?q=quixotescu',
  '1 in 100': '?q=lovelace',
  '1 in 300': '?q=ia.b',
  '1 in 1,000': '?q=jlovelace',
  '1 in 10,000': '?q=ada%20lovelace',
  '4 in 5': '?q=example.com',
  'only the newest 1 in 20': '?q=newcomer.test',
  'the same, newest first': '?q=newcomer.test&sort=-created_at',
  'disabled, 1 in 100': '?q=lovelace&disabled=true',
  'made lately, 1 in 100': '?q=lovelace&created_after=2025-06-01T00:00:00Z',
  'nobody, rare letters': '?q=xqzwvk',
  'nobody, usual letters': '?q=maria.example.com',
  'nobody, common name': '?q=johnson%20lovelace',
  '3 letters': '?q=mar',
  '2 letters': '?q=ad',
  '1 letter': '?q=m',
};

const kept = process.env['BENCH_DATA_DIR'];
if (kept === undefined) throw new Error('Set BENCH_DATA_DIR to the folder that bench:users has filled.');
const postgres = await startEmbeddedPostgres({ dataDir: kept });
// Beside the users: the server's keys go with its database.
const dataDir = path.join(kept, 'server');
mkdirSync(dataDir, { recursive: true });
const env = {
  ...process.env,
  PORT: '0',
  DATA_DIR: dataDir,
  DATABASE_URL: postgres.url,
  LOG_LEVEL: 'warn',
  NODE_ENV: 'test',
};
const server = spawn(process.execPath, [path.join(import.meta.dirname, '../dist/main.js')], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await measure(await issuerOf());
} finally {
  if (server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await postgres.stop();
}

async function issuerOf(): Promise<string> {
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.includes('Issuer')) return /http\S+/.exec(line)?.[0] ?? '';
  }
  throw new Error('The server did not start.');
}

async function tokenOf(issuer: string, connections: Connections): Promise<string> {
  const resource = `${issuer}/api/v1`;
  const application = await openApplication({ ...loadConfig(env), issuer }, { applicationName: 'bench' });
  const { client, secret = '' } = await registerClient(
    { ...application, declaredClientIds: new Set<string>() },
    {
      name: 'bench',
      type: 'service',
      redirectUris: [],
      scopes: ['users:read'],
      resources: [resource],
      metadata: { token_endpoint_auth_method: 'client_secret_post' },
    },
  );
  await application.close();
  const form = {
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: secret,
    scope: 'users:read',
    resource,
  };
  const { text } = await connections.send('POST', '/token', { form });
  return (JSON.parse(text) as { access_token: string }).access_token;
}

async function measure(issuer: string): Promise<void> {
  const connections = new Connections(issuer, 1);
  let token = '';
  const time = async (query: string): Promise<number> => {
    const start = performance.now();
    const { status, text } = await connections.send('GET', `/api/v1/users${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return performance.now() - start;
  };
  const first: number[] = [];
  const ratios = new Map(Object.keys(LISTS).map((name): [string, number[]] => [name, []]));
  // The first rounds warm up and do not count.
  for (let round = -2; round < ROUNDS; round += 1) {
    // Each client may ask so often only.
    if (round % 10 === 0 || token === '') token = await tokenOf(issuer, connections);
    for (const [name, query] of Object.entries(LISTS)) {
      const reference = await time('');
      const own = await time(query);
      if (round < 0) continue;
      first.push(reference);
      ratios.get(name)?.push(own / reference);
    }
  }
  connections.close();
  console.log(`${ROUNDS} rounds; the first page takes ${median(first).toFixed(2)} ms\n`);
  for (const [name, own] of ratios) console.log(`${name.padEnd(30)} ${median(own).toFixed(2).padStart(7)}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}
