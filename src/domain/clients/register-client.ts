import { DomainError, refuseIfFaulty } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { auditedClient } from './audited-client.js';
import type { Client, ClientType } from './client.js';
import { usesSecret } from './client-defaults.js';
import { withClientDefaults, type ClientRegistration } from './client-registration.js';
import { underProfile } from './client-profile.js';
import { clientFaults, clientIdFaults, type ClientRules } from './client-rules.js';
import { createClientSecret, type CreateClientSecretDeps, type RandomToken } from './client-secret.js';

/** Characters of 6 random bits in a client id: enough that no two meet; an id is no secret. */
const CLIENT_ID_RANDOM_CHARACTERS = 12;

export interface RegisterClientDeps extends CreateClientSecretDeps, ClientRules {
  readonly unitOfWork: UnitOfWork<'clients' | 'audit'>;
  /** Ids of the clients in the configuration file; they are taken. */
  readonly declaredClientIds: ReadonlySet<string>;
}

export interface RegisterClientInput extends ClientRegistration {
  /** Absent: one is made. */
  readonly clientId?: string | undefined;
  /** It registers itself. */
  readonly selfRegistered?: { readonly initialAccessTokenId: string | undefined } | undefined;
}

export interface RegisteredClient {
  readonly client: Client;
  /** Its secret, where it has one; this is the only time that it is told. */
  readonly secret: string | undefined;
}

/**
 * Registers a client with the defaults that are safe for its type.
 * @throws {DomainError} `invalid_input` with all faults, `already_exists`
 * @see RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2
 */
export async function registerClient(
  deps: RegisterClientDeps,
  input: RegisterClientInput,
): Promise<RegisteredClient> {
  const attributes = withClientDefaults(input);
  refuseIfFaulty([
    ...(input.clientId === undefined ? [] : clientIdFaults(input.clientId)),
    ...clientFaults(attributes, deps),
  ]);
  const clientId = input.clientId ?? generateClientId(attributes.type, deps.randomToken);
  if (deps.declaredClientIds.has(clientId)) {
    throw new DomainError('already_exists', `The client ${clientId} is declared in the configuration file.`);
  }
  const created = usesSecret(underProfile(attributes, deps.profile)) ? createClientSecret(deps) : undefined;
  const now = deps.clock.now();
  const client: Client = {
    ...attributes,
    clientId,
    secrets: created === undefined ? [] : [created.secret],
    source: 'database',
    ...(input.selfRegistered && { selfRegistered: true }),
    createdAt: now,
    updatedAt: now,
  };
  await deps.unitOfWork.run(async ({ clients, audit }) => {
    await clients.insert(client);
    audit.record({
      type: 'client.created',
      ...auditedClient(clientId),
      details: { type: client.type, ...registrationDetails(input) },
    });
  });
  return { client: underProfile(client, deps.profile), secret: created?.text };
}

function registrationDetails({ selfRegistered }: RegisterClientInput): JsonObject {
  if (selfRegistered === undefined) return {};
  return { self_registered: true, initial_access_token: selfRegistered.initialAccessTokenId ?? null };
}

function generateClientId(type: ClientType, randomToken: RandomToken): string {
  return `${type}-${randomToken().slice(0, CLIENT_ID_RANDOM_CHARACTERS)}`;
}
