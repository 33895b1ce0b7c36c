import type { z } from 'zod';
import type { Client } from '../../../domain/clients/client.js';
import { splitScope } from '../../../domain/clients/client-registration.js';
import type { RegisterClientInput } from '../../../domain/clients/register-client.js';
import type { ClientChanges } from '../../../domain/clients/update-client.js';
import { DomainError } from '../../../domain/errors.js';
import type { JsonObject, JsonValue } from '../../../domain/json.js';
import { refuseIfBeyond } from '../../../domain/roles/grantor.js';
import type { Caller } from '../framework/caller.js';
import { METADATA_NAMES, type clientPatchSchema, type newClientSchema } from './client-schema.js';

/** What the body says about a new client. */
export function toRegistration(body: z.output<typeof newClientSchema>): RegisterClientInput {
  return {
    clientId: body.client_id,
    name: body.client_name,
    type: body.type,
    redirectUris: body.redirect_uris,
    postLogoutRedirectUris: body.post_logout_redirect_uris,
    backchannelLogoutUri: body.backchannel_logout_uri,
    scopes: body.scope === undefined ? undefined : splitScope(body.scope),
    resources: body.resources,
    allowedOrigins: body.allowed_origins,
    allowedRoles: body.allowed_roles,
    allowedGroups: body.allowed_groups,
    firstParty: body.first_party,
    requireSecondFactor: body.require_second_factor,
    requireVerifiedEmail: body.require_verified_email,
    identityProviders: body.identity_providers,
    metadata: metadataOf(body),
  };
}

/** What the patch changes; null empties a list and takes everything else away. @see RFC 7396 */
export function toChanges(body: z.output<typeof clientPatchSchema>): ClientChanges {
  return {
    name: body.client_name,
    redirectUris: orEmpty(body.redirect_uris),
    postLogoutRedirectUris: orEmpty(body.post_logout_redirect_uris),
    backchannelLogoutUri: body.backchannel_logout_uri,
    scopes: typeof body.scope === 'string' ? splitScope(body.scope) : orEmpty(body.scope),
    resources: orEmpty(body.resources),
    allowedOrigins: orEmpty(body.allowed_origins),
    allowedRoles: orEmpty(body.allowed_roles),
    allowedGroups: orEmpty(body.allowed_groups),
    firstParty: body.first_party === null ? false : body.first_party,
    requireSecondFactor: body.require_second_factor === null ? false : body.require_second_factor,
    requireVerifiedEmail: body.require_verified_email === null ? false : body.require_verified_email,
    identityProviders: body.identity_providers,
    metadata: metadataOf(body),
  };
}

/**
 * Refuses to make or change a client that may do more at the API than the caller: its tokens would be the caller's way
 * around that.
 * @throws {DomainError} `insufficient_rights`
 */
export function refuseClientBeyond(caller: Caller, ...clients: readonly Pick<Client, 'scopes'>[]): void {
  refuseIfBeyond(
    caller,
    clients.flatMap(({ scopes }) => scopes),
  );
}

/** Runs a use case, and names the fields at fault as the API does. */
export async function withApiFields<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.faults.length === 0) throw error;
    const faults = error.faults.map((fault) => ({ ...fault, field: apiField(fault.field) }));
    throw new DomainError(error.code, error.message, faults);
  }
}

function apiField(field: string): string {
  if (field === 'name') return 'client_name';
  if (field === 'keep_old_for') return 'keep_old_for_seconds';
  return field.replace(/^metadata\//, '').replace(/^scopes?\/\d+$/, 'scope');
}

function metadataOf(body: Readonly<Record<string, JsonValue | undefined>>): JsonObject | undefined {
  const entries = Object.entries(body).filter(
    (entry): entry is [string, JsonValue] => METADATA_NAMES.has(entry[0]) && entry[1] !== undefined,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function orEmpty(list: readonly string[] | null | undefined): readonly string[] | undefined {
  return list === null ? [] : list;
}
