import { readFileSync } from 'node:fs';
import type { Application } from '../../../src/composition/application.js';
import { openServer } from '../../../src/composition/open-server.js';
import { readConfig } from '../../../src/config/read-config.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { API_SCOPES, apiResourceIdentifier } from '../../../src/domain/resources/api-resource.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { LINES_TYPE } from '../../../src/http/api/framework/lines.js';
import type { ApiRoute } from '../../../src/http/api/framework/route.js';
import { apiRoutes } from '../../../src/http/api/routes.js';
import { createLogger } from '../../../src/observability/logger.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  send,
  tokensOf,
  type HttpAnswer,
} from '../../support/relying-party-requests.js';
import { UserAgent } from '../../support/relying-party-user-agent.js';
import { PASSWORD, REDIRECT_URI } from '../../support/server-fixture.js';
import { SECRET_KEY } from '../../support/server-process.js';
import { createTestDatabase } from '../../support/test-database.js';

export interface Call {
  readonly body?: unknown;
  /** As it is, instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: that of a service that may do everything; empty: none. */
  readonly token?: string;
}

export interface ApiReply extends HttpAnswer {
  /** Empty where the answer is in lines. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server in this process, with a real database, whose answers are held against the schemas of its routes. */
export interface ApiServer {
  readonly issuer: string;
  readonly application: Application;
  readonly routes: readonly ApiRoute[];
  call(method: string, path: string, call?: Call): Promise<ApiReply>;
  /** A token by client credentials. @param scope separated by spaces */
  serviceToken(scope: string): Promise<string>;
  /** A user and a token of theirs, by the code flow of a first-party client. */
  userToken(
    scope: string,
    roles?: readonly string[],
  ): Promise<{ readonly id: string; readonly token: string }>;
  stop(): Promise<void>;
}

/** Starts it on a free port. @param file the configuration file, as YAML */
export async function startApiServer(file?: string): Promise<ApiServer> {
  const database = await createTestDatabase();
  const config = readConfig({
    env: {
      PORT: '0',
      DATABASE_URL: database.url,
      SECRET_KEY,
      LOG_LEVEL: 'silent',
      CONFIG: 'latchkey.yaml',
    },
    readFile: (name) =>
      // Else every invitation would be refused, whoever asks.
      name.endsWith('latchkey.yaml')
        ? `${file ?? ''}\nsign_up: { mode: invitation }\n`
        : readFileSync(name, 'utf8'),
    cwd: import.meta.dirname,
  });
  if (!config.secretKeys) throw new Error('There is no secret key.');
  const logger = createLogger({ level: 'silent' });
  const server = await openServer({ ...config, secretKeys: config.secretKeys }, logger);
  const { application } = server;
  const { issuer } = application;
  const resource = apiResourceIdentifier(issuer);
  const clientRules = { ...application, declaredClientIds: new Set<string>() };
  const routes = apiRoutes({ ...application, clientRules }, '0');
  let count = 0;

  const serviceToken = async (scope: string): Promise<string> => {
    count += 1;
    const { client, secret = '' } = await registerClient(
      { ...application, declaredClientIds: new Set() },
      { name: `Service ${count}`, type: 'service', scopes: scope.split(' '), resources: [resource] },
    );
    const credentials = { clientId: client.clientId, clientSecret: secret, redirectUri: '' };
    const form = { grant_type: 'client_credentials', scope, resource };
    return tokensOf(await postForm(`${issuer}/token`, form, { headers: basic(credentials) })).accessToken;
  };
  const everything = await serviceToken(API_SCOPES.join(' '));

  return {
    issuer,
    application,
    routes,
    serviceToken,
    async call(method, path, { body, text, headers = {}, token = everything } = {}) {
      const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
      const answer = await send(`${issuer}/api/v1${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      holdToSchema(routes, method, path, answer);
      const isLines = answer.headers['content-type'] === LINES_TYPE;
      return { ...answer, body: answer.text === '' || isLines ? {} : json(answer) };
    },
    async userToken(scope, roles = []) {
      count += 1;
      const email = `person${count}@example.test`;
      const account = await createAccount(application, {
        email,
        emailVerified: true,
        password: PASSWORD,
        roles,
        grantor: OPERATOR,
      });
      const { client, secret = '' } = await registerClient(
        { ...application, declaredClientIds: new Set() },
        {
          name: `Console ${count}`,
          type: 'web',
          redirectUris: [REDIRECT_URI],
          firstParty: true,
          scopes: ['openid', ...API_SCOPES],
          resources: [resource],
        },
      );
      const app = { clientId: client.clientId, clientSecret: secret, redirectUri: REDIRECT_URI };
      const request = authorizationRequest(issuer, app, { scope: `openid ${scope}`, resource });
      const user = { id: account.id, email, password: PASSWORD };
      const code = await new UserAgent(issuer).codeOf(request.url, user);
      const answer = await redeemCode(issuer, app, { code, codeVerifier: request.codeVerifier });
      return { id: account.id, token: tokensOf(answer).accessToken };
    },
    async stop() {
      closeConnections();
      await server.stop();
      await database.drop();
    },
  };
}

/** @throws {Error} when the answer is not as its route says, or a refusal is no problem document */
function holdToSchema(routes: readonly ApiRoute[], method: string, path: string, answer: HttpAnswer): void {
  const type = answer.headers['content-type'] ?? '';
  if (answer.status >= 400) {
    const problem = json(answer);
    const isProblem = type.startsWith('application/problem+json') && problem['status'] === answer.status;
    if (!isProblem || typeof problem['request_id'] !== 'string')
      throw new Error(`No problem: ${answer.text}`);
    return;
  }
  const [pathname = ''] = path.split('?');
  const route = routes.find(
    (candidate) =>
      candidate.method === method.toLowerCase() &&
      new RegExp(`^${candidate.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  if (!route) throw new Error(`There is no route for ${method} ${path}.`);
  if (answer.status === 304) return;
  if (answer.status !== route.success.status) throw new Error(`${method} ${path}: ${answer.status}`);
  const { schema, line } = route.success;
  if (schema) schema.parse(JSON.parse(answer.text));
  else if (line) for (const text of answer.text.split('\n').filter(Boolean)) line.parse(JSON.parse(text));
  else if (answer.text !== '') throw new Error(`${method} ${path} answers a body that it does not declare.`);
}
