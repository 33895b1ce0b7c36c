import { z } from 'zod';
import { addClientSecret } from '../../../domain/clients/add-client-secret.js';
import type { ClientSecret } from '../../../domain/clients/client.js';
import { removeClientSecret } from '../../../domain/clients/remove-client-secret.js';
import { rotateClientSecret } from '../../../domain/clients/rotate-client-secret.js';
import type { ApiDeps } from '../api-deps.js';
import { unlessGone } from '../framework/gone.js';
import { pageOf } from '../framework/cursor.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { findClient } from './client-routes.js';
import { clientParams, createdSecretSchema, newSecretSchema, secretSchema } from './client-schema.js';
import { refuseClientBeyond, withApiFields } from './read-client.js';

const TAG = 'clients';

/** The secrets of a client: several may be live at once, so that one is replaced without a gap. */
export function secretRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/clients/{id}/secrets',
      operationId: 'listClientSecrets',
      tag: TAG,
      summary: 'List the secrets of a client',
      description: 'Their ids and times; their texts are not kept.',
      access: ['clients:read'],
      params: clientParams,
      success: { status: 200, description: 'All of them.', schema: pageOf(secretSchema) },
      refusals: [404],
      async handle({ params }) {
        const { secrets } = await findClient(deps, params.id);
        return { body: { data: secrets.map(presentSecret), next_cursor: null } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/clients/{id}/secrets',
      operationId: 'createClientSecret',
      tag: TAG,
      summary: 'Give a client a new secret',
      description:
        'Told once. The earlier ones stay, or end after keep_old_for_seconds, where that is given: 0 ends them now.',
      access: ['clients:write'],
      params: clientParams,
      body: newSecretSchema,
      success: { status: 201, description: 'The secret.', schema: createdSecretSchema },
      refusals: [404, 409],
      async handle({ params, body, origin, caller }) {
        const scoped = { ...deps, ...deps.clientRules, unitOfWork: deps.unitsOfWork.from(origin) };
        const keepOldForSeconds = body.keep_old_for_seconds;
        const made = await withApiFields(() =>
          make(scoped, params.id, keepOldForSeconds, (before) => {
            refuseClientBeyond(caller, before);
          }),
        );
        const path = `${encodeURIComponent(params.id)}/secrets/${made.created.id}`;
        return {
          body: {
            ...presentSecret(made.created),
            client_secret: made.secret,
            earlier_secrets_expire_at: made.earlierSecretsExpireAt?.toISOString() ?? null,
          },
          headers: { Location: `${deps.issuer}/api/v1/clients/${path}` },
          secrets: ['client_secret'],
        };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/clients/{id}/secrets/{secret_id}',
      operationId: 'deleteClientSecret',
      tag: TAG,
      summary: 'Remove a secret of a client',
      description: 'It is refused at once.',
      access: ['clients:write'],
      params: z.strictObject({ ...clientParams.shape, secret_id: z.string().max(100) }),
      success: { status: 204, description: 'There is no such secret any more.' },
      refusals: [409],
      async handle({ params, origin, caller }) {
        const scoped = { ...deps.clientRules, unitOfWork: deps.unitsOfWork.from(origin) };
        await unlessGone(() =>
          removeClientSecret(scoped, { clientId: params.id, secretId: params.secret_id }, (before) => {
            refuseClientBeyond(caller, before);
          }),
        );
        return {};
      },
    }),
  ];
}

async function make(
  scoped: Parameters<typeof addClientSecret>[0],
  clientId: string,
  keepOldForSeconds: number | undefined,
  expect: NonNullable<Parameters<typeof addClientSecret>[2]>,
) {
  if (keepOldForSeconds === undefined) {
    const { client, secretId, secret } = await addClientSecret(scoped, clientId, expect);
    return { secret, created: secretOf(client.secrets, secretId), earlierSecretsExpireAt: undefined };
  }
  const rotated = await rotateClientSecret(scoped, { clientId, keepOldForSeconds, expect });
  const { client, secretId, secret, earlierSecretsExpireAt } = rotated;
  return { secret, created: secretOf(client.secrets, secretId), earlierSecretsExpireAt };
}

function secretOf(secrets: readonly ClientSecret[], id: string): ClientSecret {
  const found = secrets.find((secret) => secret.id === id);
  if (!found) throw new Error('the secret that was just made is gone');
  return found;
}

function presentSecret({ id, createdAt, expiresAt }: ClientSecret) {
  return { id, created_at: createdAt.toISOString(), expires_at: expiresAt?.toISOString() ?? null };
}
