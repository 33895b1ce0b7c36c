import type { Clock } from '../clock.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import type { Client, ClientType } from './client.js';
import { tokenEndpointAuthMethod, usesSecret } from './client-defaults.js';
import { underProfile } from './client-profile.js';
import { withClientDefaults, type ClientRegistration } from './client-registration.js';
import { clientFaults, clientIdFaults, type ClientAttributes, type ClientRules } from './client-rules.js';
import type { ClientSecretHasher } from './client-secret-hasher.js';

/** A client as the configuration file declares it. */
export interface DeclaredClient extends Omit<ClientRegistration, 'name' | 'type'> {
  readonly clientId: string;
  /** Absent: the id. */
  readonly name?: string | undefined;
  /** Absent: `web`. */
  readonly type?: ClientType | undefined;
  /** In plain text; only their hashes stay in memory here. */
  readonly clientSecrets?: readonly string[] | undefined;
}

export interface DeclaredClientsDeps extends ClientRules {
  /** Characters that a secret needs at least: a person chose it, so its length is what can be asked for. */
  readonly minSecretCharacters: number;
  readonly clock: Clock;
  readonly clientSecretHasher: ClientSecretHasher;
}

/**
 * Turns the declared clients into clients, under the same rules as registered ones.
 * @returns them ordered by id
 * @throws {DomainError} `invalid_input` with the faults of all of them, each under `clients/<client_id>/<field>`
 */
export function declaredClients(
  deps: DeclaredClientsDeps,
  declared: readonly DeclaredClient[],
): readonly Client[] {
  const now = deps.clock.now();
  const faults: FieldFault[] = [];
  const clients = declared.map((declaration, index): Client => {
    const attributes = withClientDefaults({
      ...declaration,
      name: declaration.name ?? declaration.clientId,
      type: declaration.type ?? 'web',
    });
    const named = { ...attributes, clientId: declaration.clientId };
    const secrets = declaration.clientSecrets ?? [];
    const repeated = declared.findIndex((other) => other.clientId === declaration.clientId) !== index;
    faults.push(
      ...[
        ...clientIdFaults(declaration.clientId),
        ...(repeated ? [fault('client_id', 'repeated', 'is declared more than once.')] : []),
        ...clientFaults(named, deps),
        ...secretFaults(underProfile(named, deps.profile), secrets, deps.minSecretCharacters),
      ].map((found) => within(`clients/${declaration.clientId}`, found)),
    );
    return {
      ...attributes,
      clientId: declaration.clientId,
      secrets: secrets.map((secret, position) => ({
        id: `declared-${position + 1}`,
        hash: deps.clientSecretHasher.hash(secret),
        createdAt: now,
        expiresAt: undefined,
      })),
      source: 'configuration',
      createdAt: now,
      updatedAt: now,
    };
  });
  refuseIfFaulty(faults);
  return clients.sort((one, other) => (one.clientId < other.clientId ? -1 : 1));
}

function secretFaults(
  client: ClientAttributes,
  secrets: readonly string[],
  minCharacters: number,
): readonly FieldFault[] {
  const field = 'client_secrets';
  if (!usesSecret(client)) {
    if (secrets.length === 0) return [];
    const method = tokenEndpointAuthMethod(client);
    return [
      fault(
        field,
        'client_secret_not_used',
        `are of no use: the client authenticates with ${method}. Leave them out.`,
      ),
    ];
  }
  if (secrets.length === 0) {
    return [
      fault(
        field,
        'client_secret_missing',
        'is missing: give client_secret, client_secret_file or client_secrets.',
      ),
    ];
  }
  return secrets.flatMap((secret, index) =>
    secret.length >= minCharacters && /^[\x21-\x7e]+$/.test(secret)
      ? []
      : [
          fault(
            `${field}/${index}`,
            'client_secret_weak',
            `must have ${minCharacters} or more printable ASCII characters without spaces; make one with: openssl rand -base64 32`,
          ),
        ],
  );
}

function fault(field: string, code: string, problem: string): FieldFault {
  return { field, code, detail: `${field} ${problem}` };
}

function within(place: string, found: FieldFault): FieldFault {
  return { field: `${place}/${found.field}`, code: found.code, detail: `${place}: ${found.detail}` };
}
