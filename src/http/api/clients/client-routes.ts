import { z } from 'zod';
import { clientInformation } from '../../../domain/clients/client-information.js';
import type { Client } from '../../../domain/clients/client.js';
import { deleteClient } from '../../../domain/clients/delete-client.js';
import { revokeClientTokens } from '../../../domain/clients/revoke-client-tokens.js';
import { registerClient } from '../../../domain/clients/register-client.js';
import { updateClient } from '../../../domain/clients/update-client.js';
import { DomainError } from '../../../domain/errors.js';
import type { ApiDeps } from '../api-deps.js';
import { encodeCursor, pageOf, pageQuery, readTextCursor } from '../framework/cursor.js';
import { requireMatch } from '../framework/entity-tag.js';
import { unlessGone } from '../framework/gone.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { clientParams, clientPatchSchema, clientSchema, newClientSchema } from './client-schema.js';
import { refuseClientBeyond, toChanges, toRegistration, withApiFields } from './read-client.js';

const TAG = 'clients';

/** Clients, as administrators register them. */
export function clientRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/clients',
      operationId: 'listClients',
      tag: TAG,
      summary: 'List clients',
      description: 'Those of the configuration file too.',
      access: ['clients:read'],
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of clients.', schema: pageOf(clientSchema) },
      async handle({ query }) {
        const after = readTextCursor(query.cursor);
        const page = await deps.clientDirectory.list({
          limit: query.limit,
          ...(after !== undefined && { after }),
        });
        return {
          body: {
            data: page.clients.map((client) => clientInformation(client)),
            next_cursor: page.next === undefined ? null : encodeCursor(page.next),
          },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/clients',
      operationId: 'createClient',
      tag: TAG,
      summary: 'Register a client',
      description:
        'The secret, where the client has one, is told once, here; a replay by Idempotency-Key lacks it.',
      access: ['clients:write'],
      body: newClientSchema,
      success: { status: 201, description: 'The client, at Location.', schema: clientSchema },
      refusals: [409],
      async handle({ body, origin, caller }) {
        const registration = toRegistration(body);
        refuseClientBeyond(caller, { scopes: registration.scopes ?? [] });
        const scoped = { ...deps, ...deps.clientRules, unitOfWork: deps.unitsOfWork.from(origin) };
        const { client, secret } = await withApiFields(() => registerClient(scoped, registration));
        return {
          body: clientInformation(client, secret),
          headers: { Location: `${deps.issuer}/api/v1/clients/${encodeURIComponent(client.clientId)}` },
          secrets: ['client_secret'],
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/clients/{id}',
      operationId: 'getClient',
      tag: TAG,
      summary: 'Get a client',
      access: ['clients:read'],
      params: clientParams,
      success: { status: 200, description: 'The client.', schema: clientSchema },
      refusals: [404],
      async handle({ params }) {
        return { body: clientInformation(await findClient(deps, params.id)) };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/clients/{id}',
      operationId: 'updateClient',
      tag: TAG,
      summary: 'Change a client',
      description:
        'JSON merge patch: null empties a list and takes any other member away. The type stays for good.',
      access: ['clients:write'],
      bodyType: 'application/merge-patch+json',
      params: clientParams,
      body: clientPatchSchema,
      success: { status: 200, description: 'The client as changed.', schema: clientSchema },
      refusals: [404, 409, 412],
      async handle({ params, body, origin, ifMatch, caller }) {
        const scoped = { ...deps.clientRules, clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) };
        const changes = toChanges(body);
        const client = await withApiFields(() =>
          updateClient(scoped, {
            clientId: params.id,
            changes: (before) => {
              requireMatch(ifMatch, clientInformation(before));
              refuseClientBeyond(caller, before, { scopes: changes.scopes ?? [] });
              return changes;
            },
          }),
        );
        return { body: clientInformation(client) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/clients/{id}',
      operationId: 'deleteClient',
      tag: TAG,
      summary: 'Delete a client',
      description: 'Ends all that it holds: grants, tokens, codes, consents.',
      access: ['clients:write'],
      params: clientParams,
      success: { status: 204, description: 'There is no such client any more.' },
      refusals: [409, 412],
      async handle({ params, origin, caller, ifMatch }) {
        const scoped = { ...deps.clientRules, unitOfWork: deps.unitsOfWork.from(origin) };
        await unlessGone(() =>
          deleteClient(scoped, params.id, (before) => {
            refuseClientBeyond(caller, before);
            requireMatch(ifMatch, clientInformation(before));
          }),
        );
        return {};
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/clients/{id}/tokens',
      operationId: 'revokeClientTokens',
      tag: TAG,
      summary: 'End all that a client holds',
      description:
        'Grants, tokens and codes, for whomever it holds them. Its secrets, sessions of people and consents stay, also of a ' +
        'client of the configuration file: it gets new tokens where it is allowed to.',
      access: ['clients:write', 'sessions:write'],
      params: clientParams,
      success: { status: 204, description: 'Nothing that was issued to the client is valid any more.' },
      refusals: [404],
      async handle({ params, origin, caller }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        await revokeClientTokens(scoped, params.id, (client) => {
          refuseClientBeyond(caller, client);
        });
        return {};
      },
    }),
  ];
}

/** @throws {DomainError} `not_found` */
export async function findClient(deps: Pick<ApiDeps, 'clientDirectory'>, clientId: string): Promise<Client> {
  const client = await deps.clientDirectory.find(clientId);
  if (client !== undefined) return client;
  throw new DomainError('not_found', `There is no client ${JSON.stringify(clientId)}.`);
}
