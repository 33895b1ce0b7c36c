import type { FieldFault } from '../errors.js';
import { groupNameFaults } from '../groups/group.js';
import type { ProfileFeatures, SecurityProfile } from '../profiles/security-profile.js';
import { roleNameFaults } from '../roles/role.js';
import type { Client } from './client.js';
import { clientTypeRules, grantTypes, responseTypes } from './client-defaults.js';
import { NO_CLIENT_FEATURES, type ClientFeatures } from './client-features.js';
import { metadataFaults } from './client-metadata-rules.js';
import { implicitRedirectProblem } from './client-response-type-rules.js';
import { underProfile } from './client-profile.js';
import { profileFaults } from './client-profile-rules.js';
import { redirectUriFault } from './redirect-uri.js';
import { isWebOrigin, parseWebUri } from './web-uri.js';

/** What an operator decides about a client; the rest is kept by this provider. */
export type ClientAttributes = Omit<
  Client,
  'clientId' | 'secrets' | 'source' | 'selfRegistered' | 'createdAt' | 'updatedAt'
>;

/** What the rules for clients need to know of this provider. */
export interface ClientRules {
  /** Standard scopes, those of the configuration, and those of the resource servers. */
  readonly knownScopes: readonly string[];
  /** Identifiers of the resource servers. */
  readonly knownResources: readonly string[];
  /** Absent: none of them is on. */
  readonly clientFeatures?: ClientFeatures;
  /** The profile that every client is held to; absent: each to its own. */
  readonly profile?: SecurityProfile | undefined;
  /** Absent: all that profiles need. */
  readonly profileFeatures?: ProfileFeatures;
}

/** Enough for any deployment, few enough to compare at every request. */
const MAX_ITEMS = 100;
const MAX_NAME_CHARACTERS = 200;

/** Scopes that speak of an end user; a service has none. @see OpenID Connect Core 1.0 §5.4, §11 */
const END_USER_SCOPES: ReadonlySet<string> = new Set(
  'openid profile email address phone roles groups offline_access'.split(' '),
);

/** Whether the scope speaks of an end user. */
export function isEndUserScope(scope: string): boolean {
  return END_USER_SCOPES.has(scope);
}

/** Control characters, and those that turn the direction of text: a name must not disguise a page. */
const DECEPTIVE_CHARACTERS = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

/** Everything that is wrong with a client; empty when it may be registered. */
export function clientFaults(attributes: ClientAttributes, rules: ClientRules): readonly FieldFault[] {
  const client = underProfile(attributes, rules.profile);
  return [
    ...nameFaults(client.name),
    ...uriFaults(client),
    ...scopeFaults(client, rules),
    ...listFaults('resources', client.resources),
    ...client.resources.flatMap((resource, index) =>
      rules.knownResources.includes(resource)
        ? []
        : [
            fault(
              `resources/${index}`,
              'resource_unknown',
              `${JSON.stringify(resource)} is not a resource server here; ${known(rules.knownResources)}`,
            ),
          ],
    ),
    ...listFaults('allowed_origins', client.allowedOrigins),
    ...client.allowedOrigins.flatMap((origin, index) =>
      isWebOrigin(origin)
        ? []
        : [
            fault(
              `allowed_origins/${index}`,
              'origin_invalid',
              `${JSON.stringify(origin)} is not an origin; write scheme, host and port only, like https://app.example.com.`,
            ),
          ],
    ),
    ...accessFaults(client),
    ...metadataFaults(client, rules.clientFeatures ?? NO_CLIENT_FEATURES),
    ...profileFaults(client, rules.profileFeatures),
  ];
}

/** Checks the id that somebody chose for a client. @see RFC 6749 §2.2 */
export function clientIdFaults(clientId: string): readonly FieldFault[] {
  if (/^[A-Za-z0-9][A-Za-z0-9._~@-]{0,99}$/.test(clientId)) return [];
  return [
    fault(
      'client_id',
      'client_id_invalid',
      'must have 1 to 100 letters, digits or . _ ~ @ -, and begin with a letter or digit.',
    ),
  ];
}

function accessFaults({
  type,
  allowedRoles,
  allowedGroups,
  identityProviders = [],
}: ClientAttributes): readonly FieldFault[] {
  if (type === 'service') {
    return [...allowedRoles.map(() => 'allowed_roles'), ...allowedGroups.map(() => 'allowed_groups')]
      .slice(0, 1)
      .map((field) =>
        fault(field, 'access_not_used', 'are of no use to a service: nobody signs in to it. Leave them out.'),
      );
  }
  return [
    ...listFaults('allowed_roles', allowedRoles),
    ...allowedRoles.flatMap((role, index) => roleNameFaults(role, `allowed_roles/${index}`)),
    ...listFaults('allowed_groups', allowedGroups),
    ...allowedGroups.flatMap((group, index) => groupNameFaults(group, `allowed_groups/${index}`)),
    ...listFaults('identity_providers', identityProviders),
  ];
}

function nameFaults(name: string): readonly FieldFault[] {
  if (name.trim() === '')
    return [fault('name', 'name_missing', 'is missing: people read it when they sign in.')];
  if (name.length > MAX_NAME_CHARACTERS || DECEPTIVE_CHARACTERS.test(name)) {
    return [
      fault(
        'name',
        'name_invalid',
        `must have at most ${MAX_NAME_CHARACTERS} characters, none of them invisible controls.`,
      ),
    ];
  }
  return [];
}

function uriFaults(client: ClientAttributes): readonly FieldFault[] {
  const { redirects } = clientTypeRules(client.type);
  const lists = [
    ['redirect_uris', client.redirectUris],
    ['post_logout_redirect_uris', client.postLogoutRedirectUris],
  ] as const;
  const faults = lists.flatMap(([field, uris]) => [
    ...listFaults(field, uris),
    ...(redirects
      ? uris.flatMap((uri, index) => redirectFault(client, uri, `${field}/${index}`) ?? [])
      : refuseRedirects(client, field, uris)),
  ]);
  if (redirects && responseTypes(client).length > 0 && client.redirectUris.length === 0) {
    faults.push(
      fault(
        'redirect_uris',
        'redirect_uri_missing',
        `is missing: a ${client.type} client needs at least one redirect URI.`,
      ),
    );
  }
  const logoutUri = client.backchannelLogoutUri;
  if (logoutUri !== undefined && parseWebUri(logoutUri) === undefined) {
    faults.push(
      fault(
        'backchannel_logout_uri',
        'backchannel_logout_uri_invalid',
        'must be an absolute https: URI without fragment (http: on loopback only).',
      ),
    );
  }
  return faults;
}

function redirectFault(client: ClientAttributes, uri: string, field: string): FieldFault | undefined {
  const formFault = redirectUriFault(uri, client.type, field);
  if (formFault) return formFault;
  const problem = implicitRedirectProblem(client, uri);
  return problem && fault(field, problem.code, `${quote(uri)}: ${problem.detail}`);
}

function refuseRedirects(
  client: ClientAttributes,
  field: string,
  uris: readonly string[],
): readonly FieldFault[] {
  if (uris.length === 0) return [];
  return [
    fault(
      field,
      'redirect_uri_not_used',
      `are of no use to a ${client.type} client: no browser is sent back to it. Leave them out.`,
    ),
  ];
}

function scopeFaults(client: ClientAttributes, rules: ClientRules): readonly FieldFault[] {
  const faults: FieldFault[] = [...listFaults('scope', client.scopes)];
  const unknown = client.scopes.filter((scope) => !rules.knownScopes.includes(scope));
  if (unknown.length > 0) {
    faults.push(
      fault(
        'scope',
        'scope_unknown',
        `holds ${unknown.map(quote).join(', ')}, unknown here; ${known(rules.knownScopes)}`,
      ),
    );
  }
  const ofEndUsers = client.scopes.filter((scope) => END_USER_SCOPES.has(scope));
  if (client.type === 'service' && ofEndUsers.length > 0) {
    faults.push(
      fault(
        'scope',
        'scope_needs_end_user',
        `holds ${ofEndUsers.map(quote).join(', ')}, but a service acts for no end user.`,
      ),
    );
  }
  if (
    client.scopes.includes('offline_access') &&
    client.type !== 'service' &&
    !grantTypes(client).includes('refresh_token')
  ) {
    faults.push(
      fault(
        'scope',
        'scope_needs_refresh_token',
        'holds "offline_access", which needs the grant type refresh_token.',
      ),
    );
  }
  return faults;
}

function listFaults(field: string, items: readonly string[]): readonly FieldFault[] {
  if (items.length > MAX_ITEMS) return [fault(field, 'too_many', `must have at most ${MAX_ITEMS} entries.`)];
  const repeated = items.find((item, index) => items.indexOf(item) !== index);
  if (repeated === undefined) return [];
  return [fault(field, 'repeated', `holds ${quote(repeated)} more than once.`)];
}

function fault(field: string, code: string, problem: string): FieldFault {
  return { field, code, detail: `${field} ${problem}` };
}

function quote(value: string): string {
  return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}

function known(values: readonly string[]): string {
  return values.length === 0 ? 'none is configured.' : `known are ${[...values].sort().join(', ')}.`;
}
