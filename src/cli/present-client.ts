import { deriveAccent } from '../domain/branding/accent.js';
import { readLook } from '../domain/branding/client-branding.js';
import type { Client } from '../domain/clients/client.js';
import { profileOf } from '../domain/clients/client-profile.js';
import { grantTypes, responseTypes, tokenEndpointAuthMethod } from '../domain/clients/client-defaults.js';
import { presentFields, presentTable } from './output.js';

/** A client for a person at a terminal. */
export function presentClient(client: Client): string {
  const { redirectUris, postLogoutRedirectUris, resources, allowedOrigins } = client;
  return presentFields([
    ['Client id', client.clientId],
    ['Name', client.name],
    ['Type', client.type],
    ['Profile', profileOf(client)],
    ...lines('Redirect URI', redirectUris),
    ...lines('Post-logout redirect URI', postLogoutRedirectUris),
    ['Back-channel logout URI', client.backchannelLogoutUri],
    ['Grant types', grantTypes(client).join(' ')],
    ['Response types', furtherResponseTypes(client)],
    ['Authenticates with', tokenEndpointAuthMethod(client)],
    ['Scope', client.scopes.join(' ') || '(none)'],
    ...lines('Resource', resources),
    ...lines('Allowed origin', allowedOrigins),
    ...lines('Allowed role', client.allowedRoles),
    ...lines('Allowed group', client.allowedGroups),
    ['First party', client.firstParty ? 'yes, no consent is asked' : 'no, consent is asked'],
    ['Registered by', client.selfRegistered ? 'itself; nobody has looked at it' : undefined],
    ['Second factor', client.requireSecondFactor ? 'always asked' : 'as the policy says'],
    ['Verified email', client.requireVerifiedEmail ? 'always asked' : 'as the policy says'],
    ...accentLines(client),
    ['Identity providers', client.identityProviders && (client.identityProviders.join(' ') || '(none)')],
    ['Metadata', Object.keys(client.metadata).length === 0 ? undefined : JSON.stringify(client.metadata)],
    ...client.secrets.map(({ id, createdAt, expiresAt }): [string, string] => [
      'Secret',
      `${id}, created ${createdAt.toISOString()}, ${expiresAt ? `ends ${expiresAt.toISOString()}` : 'no end'}`,
    ]),
    ['Declared in', client.source === 'configuration' ? 'the configuration file' : undefined],
    ['Created', client.source === 'configuration' ? undefined : client.createdAt.toISOString()],
    ['Updated', client.source === 'configuration' ? undefined : client.updatedAt.toISOString()],
  ]);
}

/** Clients as a table. */
export function presentClients(clients: readonly Client[]): string {
  if (clients.length === 0) return 'There are no clients yet. Make one with: latchkey client create --help';
  return presentTable(
    ['CLIENT ID', 'TYPE', 'NAME', 'SOURCE'],
    clients.map((client) => [
      client.clientId,
      client.type,
      client.name,
      client.selfRegistered ? 'self-registered' : client.source,
    ]),
  );
}

/** A secret that was just made. It is shown at this one moment. */
export function presentSecret(secret: string): string {
  return `Client secret: ${secret}\nStore it now: it is not shown again.`;
}

/** Told where the client may have more than codes. */
function furtherResponseTypes(client: Client): string | undefined {
  const types = responseTypes(client);
  return types.some((type) => type !== 'code') ? types.join(', ') : undefined;
}

function lines(label: string, values: readonly string[]): (readonly [string, string])[] {
  return values.map((value, index) => [index === 0 ? label : '', value]);
}

/** The accent as pages show it, and why it differs from the one that was asked for. */
function accentLines({ metadata }: Client): (readonly [string, string])[] {
  const { accent } = readLook(metadata['branding']);
  if (accent === undefined) return [];
  const changes = deriveAccent(accent).changes.map(
    ({ scheme, to }) => `${to} on ${scheme} pages, where ${accent} would be too faint`,
  );
  return lines('Accent', [accent, ...changes]);
}
