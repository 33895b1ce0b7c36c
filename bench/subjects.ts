import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadConfig } from '../src/config/load-config.js';
import { openApplication } from '../src/composition/open-application.js';
import { createAccount } from '../src/domain/accounts/create-account.js';
import { registerClient } from '../src/domain/clients/register-client.js';
import { Connections } from './load.js';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A server that is measured. */
export interface Subject {
  readonly name: string;
  readonly connections: Connections;
  readonly clientId: string;
  readonly clientSecret: string;
  mint(): Promise<Tokens>;
  /** CPU time of its process so far, in microseconds. */
  cpu(): number;
  stop(): Promise<void>;
}

const PASSWORD = 'a quiet meadow at dawn';
const REDIRECT_URI = 'http://localhost:8080/callback';

export async function startBareProvider(workers: number): Promise<Subject> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, 'bare-provider.ts')],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const { port, clientId, clientSecret } = JSON.parse(
    await lineOf(child, (line) => line.startsWith('{')),
  ) as {
    port: number;
    clientId: string;
    clientSecret: string;
  };
  const connections = new Connections(`http://127.0.0.1:${port}`, workers);
  return {
    name: 'library in memory',
    connections,
    clientId,
    clientSecret,
    mint: async () => JSON.parse((await connections.send('POST', '/mint')).text) as Tokens,
    cpu: () => cpuOf(child),
    stop: () => end(child, connections),
  };
}

export async function startLatchkey(workers: number): Promise<Subject> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'latchkey-bench-'));
  const env = { ...process.env, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', NODE_ENV: 'test' };
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../dist/src/main.js')], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await lineOf(child, (text) => text.includes('Issuer'));
  const issuer = /http\S+/.exec(line)?.[0] ?? '';
  const application = await openApplication({ ...loadConfig(env), issuer }, { applicationName: 'bench' });
  await createAccount(application, { email: 'ada@example.com', password: PASSWORD, emailVerified: true });
  const { client, secret = '' } = await registerClient(
    { ...application, declaredClientIds: new Set<string>() },
    { name: 'bench', type: 'web', redirectUris: [REDIRECT_URI], firstParty: true, metadata: METADATA },
  );
  await application.close();
  const connections = new Connections(issuer, workers);
  return {
    name: 'latchkey',
    connections,
    clientId: client.clientId,
    clientSecret: secret,
    mint: () => signIn(issuer, client.clientId, secret),
    cpu: () => cpuOf(child),
    async stop() {
      await end(child, connections);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const METADATA = { token_endpoint_auth_method: 'client_secret_post' };

/** Signs in as a browser would, with cookies. */
async function signIn(issuer: string, clientId: string, clientSecret: string): Promise<Tokens> {
  const verifier = 'v'.repeat(64);
  const cookies = new Map<string, string>();
  const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(new URL(url, issuer), {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        accept: 'text/html',
      },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
  const location = (response: Response): string => response.headers.get('location') ?? '';
  const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: Buffer.from(challenge).toString('base64url'),
    code_challenge_method: 'S256',
  });
  const interaction = location(await visit(`/authorize?${query.toString()}`));
  const page = await (await visit(interaction)).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const posted = await visit(`${interaction}/login`, {
    csrf,
    username: 'ada@example.com',
    password: PASSWORD,
  });
  const resume = /content="0;url=([^"]+)"/.exec(await posted.text())?.[1] ?? '';
  const callback = new URL(location(await visit(resume)));
  const answer = await fetch(new URL('/token', issuer), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  const tokens = (await answer.json()) as { access_token: string; refresh_token: string };
  return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
}

async function lineOf(child: ChildProcess, matches: (line: string) => boolean): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    if (!matches(line)) continue;
    child.stdout.resume();
    return line;
  }
  throw new Error('the server ended before it was ready');
}

/** @see proc(5), /proc/pid/stat: utime and stime in ticks of 10 ms */
function cpuOf({ pid }: ChildProcess): number {
  const fields =
    readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function end(child: ChildProcess, connections: Connections): Promise<void> {
  connections.close();
  child.kill('SIGTERM');
  await once(child, 'exit');
}
