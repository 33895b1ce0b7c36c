import { z } from 'zod';
import { putClientLogo, removeClientLogo } from '../../../domain/branding/change-client-logo.js';
import { IMAGE_TYPES, MAX_LOGO_BYTES } from '../../../domain/branding/image-type.js';
import { DomainError } from '../../../domain/errors.js';
import { logoPath } from '../../logos.js';
import type { ApiDeps } from '../api-deps.js';
import { readWhole } from '../framework/image-body.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { findClient } from './client-routes.js';
import { clientParams } from './client-schema.js';
import { refuseClientBeyond } from './read-client.js';

const TAG = 'clients';

const logoSchema = z
  .strictObject({
    url: z.string().describe('Where pages load it from.'),
    media_type: z.enum(IMAGE_TYPES),
    source: z.enum(['upload', 'logo_uri']),
    stored_at: z.iso.datetime({ offset: true }),
  })
  .meta({ title: 'Logo' });

/** Logos of clients. */
export function logoRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const scoped = (origin: Parameters<ApiDeps['unitsOfWork']['from']>[0]) => ({
    clock: deps.clock,
    declaredClientIds: deps.clientRules.declaredClientIds,
    unitOfWork: deps.unitsOfWork.from(origin),
  });
  const describeLogo = async (clientId: string) => {
    const logo = await deps.stores.clientLogos.find(clientId);
    if (!logo) throw new DomainError('not_found', 'The client has no logo.');
    return {
      url: `${deps.issuer}${logoPath(logo)}`,
      media_type: logo.type,
      source: logo.uri === undefined ? 'upload' : 'logo_uri',
      stored_at: logo.storedAt.toISOString(),
    };
  };
  return [
    defineRoute({
      method: 'get',
      path: '/clients/{id}/logo',
      operationId: 'getClientLogo',
      tag: TAG,
      summary: "Tell of a client's logo",
      description: 'Its image is at `url`, open to everybody.',
      access: ['clients:read'],
      params: clientParams,
      success: { status: 200, description: 'The logo.', schema: logoSchema },
      refusals: [404],
      async handle({ params }) {
        await findClient(deps, params.id);
        return { body: await describeLogo(params.id) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/clients/{id}/logo',
      operationId: 'putClientLogo',
      tag: TAG,
      summary: 'Give a client a logo',
      description: `The image itself, at most ${MAX_LOGO_BYTES} bytes. It wins over the client's \`logo_uri\`.`,
      access: ['clients:write'],
      params: clientParams,
      bodyImage: true,
      success: { status: 200, description: 'The logo.', schema: logoSchema },
      refusals: [404, 409],
      async handle({ params, bytes, origin, caller }) {
        const image = { clientId: params.id, bytes: await readWhole(bytes) };
        await putClientLogo(scoped(origin), image, (client) => {
          refuseClientBeyond(caller, client);
        });
        return { body: await describeLogo(params.id) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/clients/{id}/logo',
      operationId: 'deleteClientLogo',
      tag: TAG,
      summary: "Take a client's logo away",
      description: 'One that its `logo_uri` names is fetched again.',
      access: ['clients:write'],
      params: clientParams,
      success: { status: 204, description: 'There is no uploaded logo any more.' },
      refusals: [404, 409],
      async handle({ params, origin, caller }) {
        await removeClientLogo(scoped(origin), params.id, (client) => {
          refuseClientBeyond(caller, client);
        });
        return {};
      },
    }),
  ];
}
