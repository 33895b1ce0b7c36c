import type { Asked } from './load.js';
import { RESOURCE, Visitor, type ClientCredentials, type Target, type Tokens } from './visitor.js';

/** Prepares what each worker needs, and answers what a worker does again and again. */
export type Scenario = (target: Target, workers: number) => Promise<(worker: number) => Promise<void>>;

const credentials = ({ clientId, clientSecret }: ClientCredentials) => ({
  client_id: clientId,
  client_secret: clientSecret,
});

const refreshing =
  (more: Readonly<Record<string, string>>): Scenario =>
  async (target, workers) => {
    const tokens = (await signInAll(target, workers, 'resource' in more)).map(
      ({ refreshToken }) => refreshToken,
    );
    return async (worker) => {
      const form = {
        ...credentials(target),
        ...more,
        grant_type: 'refresh_token',
        refresh_token: tokens[worker] ?? '',
      };
      const { text } = await ask(target, 'POST', '/token', { form });
      tokens[worker] = (JSON.parse(text) as { refresh_token: string }).refresh_token;
    };
  };

const byItself =
  (more: Readonly<Record<string, string>>): Scenario =>
  (target) => {
    const client = 'resource' in more ? target.resourceService : target.service;
    const form = { ...credentials(client), ...more, grant_type: 'client_credentials' };
    return Promise.resolve(async () => {
      await ask(target, 'POST', '/token', { form });
    });
  };

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'client credentials, opaque': byItself({}),
  'client credentials, ES256 JWT': byItself({ scope: 'orders:read', resource: RESOURCE }),
  'refresh, opaque': refreshing({}),
  'refresh, ES256 JWT': refreshing({ resource: RESOURCE }),
  introspection: async (target, workers) => {
    const tokens = await signInAll(target, workers);
    return async (worker) => {
      const form = { ...credentials(target), token: tokens[worker]?.accessToken ?? '' };
      const { text } = await ask(target, 'POST', '/introspect', { form });
      if (!text.includes('"active":true')) throw new Error(`${target.name} answered ${text}`);
    };
  },
  userinfo: async (target, workers) => {
    const tokens = await signInAll(target, workers);
    return async (worker) => {
      const authorization = `Bearer ${tokens[worker]?.accessToken ?? ''}`;
      await ask(target, 'GET', '/userinfo', { headers: { authorization } });
    };
  },
  'sign-in, consent, code, tokens': (target) =>
    Promise.resolve(async (worker) => {
      await new Visitor(target, worker).signIn('login consent');
    }),
  'silent sign-in, code, tokens': async (target, workers) => {
    const visitors = await visitorsOf(target, workers);
    return async (worker) => {
      await visitors[worker]?.signIn('none');
    };
  },
  discovery: (target) =>
    Promise.resolve(async () => {
      await ask(target, 'GET', '/.well-known/openid-configuration');
    }),
  'key set': (target) =>
    Promise.resolve(async () => {
      await ask(target, 'GET', '/jwks');
    }),
};

async function visitorsOf(target: Target, workers: number): Promise<Visitor[]> {
  const visitors = Array.from({ length: workers }, (_, worker) => new Visitor(target, worker));
  for (const visitor of visitors) await visitor.signIn('login consent');
  return visitors;
}

async function signInAll(target: Target, workers: number, forResource = false): Promise<Tokens[]> {
  const tokens: Tokens[] = [];
  for (let worker = 0; worker < workers; worker += 1) {
    tokens.push(await new Visitor(target, worker).signIn('login consent', forResource));
  }
  return tokens;
}

async function ask(target: Target, method: string, path: string, asked: Asked = {}) {
  const answer = await target.connections.send(method, path, asked);
  if (answer.status !== 200) throw new Error(`${target.name} answered ${answer.status}: ${answer.text}`);
  return answer;
}
