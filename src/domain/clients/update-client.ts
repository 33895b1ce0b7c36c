import type { Clock } from '../clock.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { auditedClient } from './audited-client.js';
import { changedFields } from './changed-fields.js';
import { findChangeableClient } from './changeable-client.js';
import type { Client } from './client.js';
import { usesSecret } from './client-defaults.js';
import { underProfile } from './client-profile.js';
import { mergeMetadata } from './client-metadata-rules.js';
import { clientFaults, type ClientRules } from './client-rules.js';

export interface UpdateClientDeps extends ClientRules {
  readonly unitOfWork: UnitOfWork<'clients' | 'audit'>;
  readonly clock: Clock;
  readonly declaredClientIds: ReadonlySet<string>;
}

/**
 * What is to change; what is absent stays. The type stays for good, because the defaults that a client got follow
 * from it.
 */
export interface ClientChanges {
  readonly name?: string | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  /** null takes it away. */
  readonly backchannelLogoutUri?: string | null | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly allowedRoles?: readonly string[] | undefined;
  readonly allowedGroups?: readonly string[] | undefined;
  readonly firstParty?: boolean | undefined;
  readonly requireSecondFactor?: boolean | undefined;
  readonly requireVerifiedEmail?: boolean | undefined;
  /** Null: all. */
  readonly identityProviders?: readonly string[] | null | undefined;
  /** Key by key; null takes a key away. */
  readonly metadata?: JsonObject | undefined;
}

export interface UpdateClientInput {
  readonly clientId: string;
  /** The changes, or how they follow from the client as it is, for lists that are to grow or shrink. */
  readonly changes: ClientChanges | ((client: Client) => ClientChanges);
}

/**
 * Changes a client; it then follows the same rules as a new one. When it no longer authenticates with a secret, its
 * secrets end at once, so that they do not come back to life later.
 * @throws {DomainError} `invalid_input` with all faults, `not_found`, `declared_in_configuration`
 */
export async function updateClient(deps: UpdateClientDeps, input: UpdateClientInput): Promise<Client> {
  return deps.unitOfWork.run(async ({ clients, audit }) => {
    const before = await findChangeableClient(clients, deps.declaredClientIds, input.clientId);
    const changes = typeof input.changes === 'function' ? input.changes(before) : input.changes;
    const after = applyChanges(before, changes, deps.clock.now());
    refuseIfFaulty([...clientFaults(after, deps), ...trustFaults(after)]);
    await clients.update(after);
    audit.record({
      type: 'client.updated',
      ...auditedClient(after.clientId),
      details: { changed: changedFields(before, after) },
    });
    const held = underProfile(after, deps.profile);
    if (usesSecret(held) || after.secrets.length === 0) return held;
    await clients.expireSecrets(after.clientId, after.updatedAt);
    return underProfile((await clients.find(after.clientId)) ?? after, deps.profile);
  });
}

/** Whoever registered themselves can also change where browsers are sent: nobody vouches for that. */
function trustFaults({ selfRegistered, firstParty }: Client): readonly FieldFault[] {
  if (!selfRegistered || !firstParty) return [];
  const detail =
    'first_party is not for a client that registered itself: it could change where people are sent. Create one with: latchkey client create';
  return [{ field: 'first_party', code: 'first_party_self_registered', detail }];
}

/** The client with the changes made, not yet checked. */
export function applyChanges(client: Client, changes: ClientChanges, now: Date): Client {
  return {
    ...client,
    name: changes.name ?? client.name,
    redirectUris: changes.redirectUris ?? client.redirectUris,
    postLogoutRedirectUris: changes.postLogoutRedirectUris ?? client.postLogoutRedirectUris,
    backchannelLogoutUri:
      changes.backchannelLogoutUri === undefined
        ? client.backchannelLogoutUri
        : (changes.backchannelLogoutUri ?? undefined),
    scopes: changes.scopes ?? client.scopes,
    resources: changes.resources ?? client.resources,
    allowedOrigins: changes.allowedOrigins ?? client.allowedOrigins,
    allowedRoles: changes.allowedRoles ?? client.allowedRoles,
    allowedGroups: changes.allowedGroups ?? client.allowedGroups,
    firstParty: changes.firstParty ?? client.firstParty,
    requireSecondFactor: changes.requireSecondFactor ?? client.requireSecondFactor,
    requireVerifiedEmail: changes.requireVerifiedEmail ?? client.requireVerifiedEmail,
    identityProviders:
      changes.identityProviders === undefined
        ? client.identityProviders
        : (changes.identityProviders ?? undefined),
    metadata:
      changes.metadata === undefined ? client.metadata : mergeMetadata(client.metadata, changes.metadata),
    updatedAt: now,
  };
}
