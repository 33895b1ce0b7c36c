// Carries out the Dockerfile's steps in a bare root file system, and signs a person in at what comes of them: read-only, as
// nobody who may do anything. See README.md here. Exit code 0, and one line, where this machine cannot do it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded-postgres.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  send,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { startInContainer } from './bare-system.js';
import { buildImage } from './build-image.js';
import { parseDockerfile, type Stage } from './dockerfile.js';

const run = promisify(execFile);
const PROJECT = path.resolve(import.meta.dirname, '../..');
const ISSUER = 'https://id.example.test';
const PORT = 4810;
const HERE = `http://127.0.0.1:${PORT}`;
const PASSWORD = 'a quiet meadow at dawn';
const REDIRECT_URI = 'https://app.example.test/callback';
const began = Date.now();

function tell(line: string): void {
  process.stdout.write(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
}

const missing = await whatIsMissing();
if (missing === undefined) await check();
else process.stdout.write(`The check of the image was left out: ${missing}\n`);

async function whatIsMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it needs Linux.';
  if (process.getuid?.() !== 0) return 'it needs root, to make a root file system.';
  const there = async (file: string): Promise<boolean> =>
    access(file).then(
      () => true,
      () => false,
    );
  if (!(await there('/usr/sbin/debootstrap'))) return 'debootstrap is not installed.';
  return run('unshare', ['--mount', 'true']).then(
    () => undefined,
    () => 'this system allows no mounts.',
  );
}

async function check(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-image-'));
  // The image's user and the database's have to be able to enter.
  await chmod(folder, 0o755);
  const database = await startEmbeddedPostgres({ dataDir: path.join(folder, 'database'), durable: false });
  try {
    const stages = parseDockerfile(await readFile(path.join(PROJECT, 'Dockerfile'), 'utf8'));
    const root = await buildImage(stages, PROJECT, folder, tell);
    const image = stages.at(-1);
    assert(image !== undefined);
    await checkContents(root);
    await checkRun(image, root, folder, database.url);
    tell('The image serves: migrated, and a person signed in, non-root, with a read-only root.');
  } finally {
    closeConnections();
    await database.stop({ evenIfInUse: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Production dependencies, all of them, and nothing else. */
async function checkContents(root: string): Promise<void> {
  const lock = JSON.parse(await readFile(path.join(PROJECT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { readonly dev?: boolean; readonly optional?: boolean; readonly devOptional?: boolean }>
    >;
  };
  for (const [place, { dev = false, optional = false, devOptional = false }] of Object.entries(
    lock.packages,
  )) {
    if (place === '' || devOptional) continue;
    const there = await access(path.join(root, 'app', place)).then(
      () => true,
      () => false,
    );
    if (dev) assert(!there, `${place} is a development dependency, and is in the image`);
    else if (!optional) assert(there, `${place} is not in the image`);
  }
  for (const unwanted of [
    'usr/local/bin/npm',
    'usr/local/lib/node_modules',
    'app/src',
    'app/test',
    'app/.npmrc',
  ])
    await assert.rejects(access(path.join(root, unwanted)), `${unwanted} is in the image`);
  const { stdout } = await run('du', ['-sm', path.join(root, 'app'), root]);
  const [application = '', whole = ''] = stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
  tell(`production dependencies only; the application has ${application} MB, the whole root ${whole} MB`);
}

async function checkRun(image: Stage, root: string, folder: string, databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const socket = url.searchParams.get('host') ?? '';
  // The database belongs to another user of this machine.
  await run('chmod', ['-R', 'a+rwX', socket]);
  await chmod(path.dirname(socket), 0o755);
  url.searchParams.set('host', '/run/postgres');
  const secrets = path.join(folder, 'secrets');
  await mkdir(secrets);
  await writeFile(path.join(secrets, 'database-url'), url.href);
  await writeFile(path.join(secrets, 'secret-key'), 'mYx3kq0Jb8vT5nRz1sWd7hGf2cLpE9uA');
  const start = (words: readonly string[]) =>
    startInContainer({
      root,
      user: image.user ?? '',
      workdir: image.workdir,
      env: {
        ...image.env,
        ISSUER,
        PORT: String(PORT),
        DATABASE_URL_FILE: '/run/secrets/database-url',
        SECRET_KEY_FILE: '/run/secrets/secret-key',
      },
      arguments: words,
      folders: { postgres: socket, secrets },
    });
  const finish = async (words: readonly string[], input = '') => {
    const child = start(words);
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin?.end(input);
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, stdout, stderr };
  };
  const latchkey = async (...words: readonly string[]) => {
    const ended = await finish([...image.entrypoint, ...words, '--json'], `${PASSWORD}\n`);
    assert.equal(ended.exitCode, 0, `latchkey ${words.join(' ')}: ${ended.stderr}`);
    return JSON.parse(ended.stdout) as Readonly<Record<string, unknown>>;
  };

  const who = await finish([
    '/bin/sh',
    '-c',
    'id -u; grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status; touch /app/x /usr/x; touch /tmp/x',
  ]);
  assert.match(who.stdout, /^10001\nCapEff:\s0+\nCapBnd:\s0+\nNoNewPrivs:\s1\n$/);
  assert.equal(who.stderr.match(/Read-only file system/g)?.length, 2, who.stderr);
  tell('non-root, without capabilities, read-only root');

  const migrated = await latchkey('migrate');
  assert(Array.isArray(migrated.migrations) && migrated.migrations.length > 30);
  tell(`migrated: ${migrated.migrations.length} migrations`);
  const server = start([...image.entrypoint, ...image.command]);
  let said = '';
  server.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  server.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('"msg":"ready"')) {
    await Promise.race([once(server.stdout ?? server, 'data'), once(server, 'close')]);
    assert.equal(server.exitCode, null, said);
  }
  assert.equal(
    (await finish(image.healthCheck ?? [])).exitCode,
    0,
    'the health check fails beside a server that lives',
  );
  assert.equal((await send(`${ISSUER}/healthz/ready`, { via: HERE })).status, 200);

  await latchkey('user', 'create', '--email', 'ada@example.test', '--email-verified', '--password-stdin');
  const created = await latchkey(
    'client',
    'create',
    '--name',
    'App',
    '--type',
    'web',
    '--redirect-uri',
    REDIRECT_URI,
  );
  const client = {
    clientId: String(created.client_id),
    clientSecret: String(created.client_secret),
    redirectUri: REDIRECT_URI,
  };
  const request = authorizationRequest(ISSUER, client, { scope: 'openid email' });
  const person = { id: '', email: 'ada@example.test', password: PASSWORD };
  const code = await new UserAgent(ISSUER, HERE).codeOf(request.url, person);
  const { accessToken } = tokensOf(
    await redeemCode(ISSUER, client, { code, codeVerifier: request.codeVerifier }, { via: HERE }),
  );
  assert.equal(json(await userinfo(ISSUER, accessToken, { via: HERE })).email, person.email);
  tell('a person signed in, and an application has her claims');

  closeConnections();
  server.kill(image.stopSignal === 'SIGTERM' ? 'SIGTERM' : 'SIGKILL');
  const [exitCode] = (await once(server, 'close')) as [number | null];
  assert.equal(exitCode, 0, said);
  assert.equal(
    (await finish(image.healthCheck ?? [])).exitCode,
    1,
    'the health check holds although nothing lives',
  );
}
