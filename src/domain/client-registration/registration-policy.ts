import { clientTypeRules, grantTypes } from '../clients/client-defaults.js';
import { CLIENT_TYPES, type Client } from '../clients/client.js';
import { IMPLICIT_GRANT } from '../clients/response-types.js';
import type { FieldFault } from '../errors.js';
import type { JsonObject } from '../json.js';
import { parseUrl } from '../url.js';

/** What an application that registers itself may be. */
export interface RegistrationPolicy {
  /** Hosts of its redirect URIs, exact or `*.example.org`, or private-use schemes, `com.example.app:`; none: any. */
  readonly redirectHosts: readonly string[];
  /** Scopes that it may have; a request for others is cut down to these. */
  readonly scopes: readonly string[];
  /** Identifiers of the resource servers that it gets. */
  readonly resources: readonly string[];
  readonly grantTypes: readonly string[];
}

/** A policy in parts; what is absent is as the configuration says, at the time of the registration. */
export type PolicyPart = { readonly [Key in keyof RegistrationPolicy]?: RegistrationPolicy[Key] | undefined };

/** Every grant type that some kind of client may have. */
export const EVERY_GRANT_TYPE: readonly string[] = [
  ...new Set([...CLIENT_TYPES.flatMap((type) => clientTypeRules(type).allowedGrantTypes), IMPLICIT_GRANT]),
];

/** Whether a host of redirect URIs is written as a policy takes it. */
export function isRedirectHost(text: string): boolean {
  return (
    /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(text) ||
    text === '[::1]' ||
    /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(text)
  );
}

/** The policy of the configuration, in which a token's own parts take the place of those of their name. */
export function applyPolicyPart(policy: RegistrationPolicy, part: PolicyPart): RegistrationPolicy {
  return {
    redirectHosts: part.redirectHosts ?? policy.redirectHosts,
    scopes: part.scopes ?? policy.scopes,
    resources: part.resources ?? policy.resources,
    grantTypes: part.grantTypes ?? policy.grantTypes,
  };
}

/** What of a client the policy does not allow. Its scopes and resources follow from the policy, so they are within it. */
export function policyFaults(
  client: Pick<Client, 'type' | 'metadata' | 'redirectUris' | 'postLogoutRedirectUris'>,
  policy: RegistrationPolicy,
): readonly FieldFault[] {
  const refused = grantTypes(client).filter((grantType) => !policy.grantTypes.includes(grantType));
  return [
    ...hostFaults('redirect_uris', client.redirectUris, policy),
    ...hostFaults('post_logout_redirect_uris', client.postLogoutRedirectUris, policy),
    ...refused.map((grantType) => ({
      field: 'metadata/grant_types',
      code: 'grant_type_not_allowed',
      detail: `grant_types holds ${JSON.stringify(grantType)}, which this registration may not have; it may have ${policy.grantTypes.join(', ')}.`,
    })),
  ];
}

function hostFaults(
  field: string,
  uris: readonly string[],
  { redirectHosts }: RegistrationPolicy,
): readonly FieldFault[] {
  if (redirectHosts.length === 0) return [];
  return uris.flatMap((uri, index) => {
    const url = parseUrl(uri);
    if (url === undefined || redirectHosts.some((host) => isOfHost(url, host))) return [];
    return [
      {
        field: `${field}/${index}`,
        code: 'redirect_host_not_allowed',
        detail: `${field}/${index} leads to a host that this registration may not have.`,
      },
    ];
  });
}

function isOfHost(url: URL, host: string): boolean {
  if (host.endsWith(':')) return url.protocol === host;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  return host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
}

/** The parts under the names that the API, the command line and the store give them. */
export function presentPolicyPart({ redirectHosts, scopes, resources, grantTypes }: PolicyPart): JsonObject {
  return {
    ...(redirectHosts && { redirect_hosts: redirectHosts }),
    ...(scopes && { scope: scopes.join(' ') }),
    ...(resources && { resources }),
    ...(grantTypes && { grant_types: grantTypes }),
  };
}
