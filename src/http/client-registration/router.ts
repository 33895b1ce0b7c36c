import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import {
  deleteOwnRegistration,
  readOwnRegistration,
  type RegistrationHolder,
} from '../../domain/client-registration/own-registration.js';
import { ownRegistrationInformation } from '../../domain/client-registration/own-registration-information.js';
import {
  registerOwnClient,
  type RegisteredOwnClient,
} from '../../domain/client-registration/register-own-client.js';
import type { RegistrationDeps } from '../../domain/client-registration/registration-deps.js';
import { updateOwnRegistration } from '../../domain/client-registration/update-own-registration.js';
import type { ClientStore } from '../../domain/clients/client-store.js';
import type { JsonObject } from '../../domain/json.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import { readJsonBody } from '../api/framework/json-body.js';
import { ProblemError } from '../api/framework/problem.js';
import { originOf } from '../middlewares/audit-origin.js';
import { answerRegistrationError } from './registration-error.js';

export interface ClientRegistrationDeps extends RegistrationDeps {
  /** Path of the endpoint. */
  readonly path: string;
  readonly unitsOfWork: UnitsOfWork;
  readonly clients: Pick<ClientStore, 'find'>;
  readonly issuer: string;
}

/**
 * The endpoints of applications that register themselves. Any origin may call them, since they take no cookies: what lets
 * somebody in is a token, where one is needed.
 */
export function createClientRegistrationRouter(deps: ClientRegistrationDeps): Router {
  const router = new Router();
  const onePath = `${deps.path}/:clientId`;
  const clientUri = (clientId: string): string =>
    `${deps.issuer.replace(/\/$/, '')}${deps.path}/${encodeURIComponent(clientId)}`;
  const tell = (
    ctx: RouterContext,
    { client, secret, registrationAccessToken }: RegisteredOwnClient,
    status: number,
  ): void => {
    ctx.status = status;
    ctx.body = ownRegistrationInformation(client, {
      secret,
      registrationAccessToken,
      registrationClientUri: clientUri(client.clientId),
    });
  };

  router.use(forPrograms);
  for (const path of [deps.path, onePath]) {
    router.options(path, (ctx) => {
      ctx.set('Access-Control-Allow-Methods', path === onePath ? 'GET, PUT, DELETE' : 'POST');
      ctx.set('Access-Control-Allow-Headers', 'Authorization, Content-Type');
      ctx.set('Access-Control-Max-Age', '3600');
      ctx.status = 204;
    });
  }

  router.post(deps.path, async (ctx) => {
    const registered = await registerOwnClient(
      { ...deps, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) },
      {
        initialAccessToken: bearerToken(ctx),
        address: ctx.ip || undefined,
        readMetadata: () => readMetadata(ctx),
      },
    );
    tell(ctx, registered, 201);
  });

  router.get(onePath, async (ctx) => {
    const holder = holderOf(ctx);
    const client = await readOwnRegistration(deps, holder);
    const { registrationAccessToken = '' } = holder;
    tell(ctx, { client, secret: undefined, registrationAccessToken }, 200);
  });

  router.put(onePath, async (ctx) => {
    const holder = holderOf(ctx);
    // The token is looked at before the body is read.
    await readOwnRegistration(deps, holder);
    const metadata = await readMetadata(ctx);
    const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'client', id: holder.clientId }));
    tell(ctx, await updateOwnRegistration({ ...deps, unitOfWork }, holder, metadata), 200);
  });

  router.delete(onePath, async (ctx) => {
    const holder = holderOf(ctx);
    const unitOfWork = deps.unitsOfWork.from(originOf(ctx, { kind: 'client', id: holder.clientId }));
    await deleteOwnRegistration({ ...deps, unitOfWork }, holder);
    ctx.status = 204;
  });
  return router;
}

const forPrograms: Middleware = async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Access-Control-Allow-Origin', '*');
  ctx.set('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After');
  try {
    await next();
  } catch (error) {
    if (!answerRegistrationError(ctx, error)) throw error;
  }
};

/** @see RFC 6750 §2.1 */
function bearerToken(ctx: RouterContext): string | undefined {
  const header = ctx.get('authorization');
  if (header === '') return undefined;
  // What is no bearer token is one that nobody knows, rather than none: with none, some may register.
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1] ?? '';
}

function holderOf(ctx: RouterContext): RegistrationHolder {
  return { clientId: String(ctx.params['clientId']), registrationAccessToken: bearerToken(ctx) };
}

async function readMetadata(ctx: RouterContext): Promise<JsonObject> {
  const body = await readJsonBody(ctx, 'application/json');
  if (isJsonObject(body)) return body;
  throw new ProblemError({
    status: 400,
    code: 'malformed_body',
    title: 'Malformed body',
    detail: 'The body must be a JSON object of client metadata.',
  });
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
