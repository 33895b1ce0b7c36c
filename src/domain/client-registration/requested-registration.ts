import { clientTypeRules, DEVICE_CODE_GRANT } from '../clients/client-defaults.js';
import type { ClientType } from '../clients/client.js';
import { grantTypesOf, readResponseType } from '../clients/response-types.js';
import { splitScope, type ClientRegistration } from '../clients/client-registration.js';
import { isKnownMetadata } from '../clients/client-metadata-rules.js';
import { isEndUserScope } from '../clients/client-rules.js';
import type { FieldFault } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import { parseUrl } from '../url.js';
import type { RegistrationPolicy } from './registration-policy.js';

/** What an application asks for, as the use cases of clients take it. */
export interface RequestedRegistration {
  readonly registration: ClientRegistration & { readonly metadata: JsonObject };
  readonly faults: readonly FieldFault[];
}

/** How pages look on the way to an app, and what it may ask for in detail, is decided by those who run this provider. */
export const NOT_FOR_APPLICATIONS: ReadonlySet<string> = new Set(['branding', 'authorization_details_types']);

/**
 * Reads client metadata that an application sends about itself. What this provider does not know is left out, as RFC 7591
 * asks; a scope beyond the policy is cut down to it; null and empty texts count as absent.
 * @param type the kind of client that it is already, when it changes its registration
 * @see RFC 7591 §2, RFC 7592 §2.2, OpenID Connect Dynamic Client Registration 1.0 §2
 */
export function readRequestedRegistration(
  body: JsonObject,
  policy: RegistrationPolicy,
  type?: ClientType,
): RequestedRegistration {
  const reader = new MetadataReader(body);
  const redirectUris = reader.texts('redirect_uris') ?? [];
  const requestedScope = reader.text('scope');
  const responseTypes = reader.texts('response_types');
  const grantTypes = reader.texts('grant_types') ?? grantTypesFor(responseTypes);
  const applicationType = reader.text('application_type');
  const authMethod = reader.text('token_endpoint_auth_method');
  const clientUri = reader.text('client_uri');
  if (applicationType !== undefined && !['web', 'native'].includes(applicationType)) {
    reader.refuse('application_type', 'must be "web" or "native".');
  }
  const kind = type ?? inferType({ applicationType, authMethod, grantTypes, redirectUris });
  const scopes = grantableScopes({ requestedScope, grantTypes, kind }, policy);
  if (requestedScope !== undefined && scopes.length === 0 && splitScope(requestedScope).length > 0) {
    reader.refuse(
      'scope',
      `holds nothing that this registration may have; known are ${policy.scopes.join(', ')}.`,
    );
  }
  return {
    registration: {
      name: reader.text('client_name') ?? hostOf(clientUri) ?? hostOf(redirectUris[0]) ?? 'Unnamed app',
      type: kind,
      redirectUris,
      postLogoutRedirectUris: reader.texts('post_logout_redirect_uris') ?? [],
      backchannelLogoutUri: reader.text('backchannel_logout_uri'),
      scopes,
      resources: policy.resources,
      metadata: {
        ...Object.fromEntries(
          Object.entries(reader.given).filter(
            ([key]) => isKnownMetadata(key) && !NOT_FOR_APPLICATIONS.has(key) && key !== 'response_types',
          ),
        ),
        ...(grantTypes.length === 0 ? {} : { grant_types: grantTypes }),
        ...(responseTypes === undefined || isUsual(responseTypes, grantTypes)
          ? {}
          : { response_types: responseTypes }),
      },
    },
    faults: reader.faults,
  };
}

/** What an application may do that names response types alone. @see RFC 7591 §2.1 */
function grantTypesFor(responseTypes: readonly string[] | undefined): readonly string[] {
  if (responseTypes === undefined || responseTypes.length === 0) return ['authorization_code'];
  return grantTypesOf(responseTypes.flatMap((text) => readResponseType(text) ?? []));
}
/** Whether response types say no more than what follows from the grant types. */
function isUsual(responseTypes: readonly string[], grantTypes: readonly string[]): boolean {
  if (responseTypes.length === 0) return true;
  return (
    responseTypes.length === 1 && responseTypes[0] === 'code' && grantTypes.includes('authorization_code')
  );
}

/** Reads members by their type, and takes down those that have another. */
class MetadataReader {
  readonly given: JsonObject;
  readonly faults: FieldFault[] = [];

  constructor(body: JsonObject) {
    this.given = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== null && value !== ''),
    );
  }

  text(key: string): string | undefined {
    const value = this.#own(key);
    if (value === undefined || typeof value === 'string') return value;
    this.refuse(key, 'must be a text.');
    return undefined;
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.#own(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
    this.refuse(key, 'must be a list of texts.');
    return undefined;
  }

  refuse(key: string, problem: string): void {
    this.faults.push({ field: key, code: 'invalid_metadata', detail: `${key} ${problem}` });
  }

  #own(key: string): JsonValue | undefined {
    return Object.hasOwn(this.given, key) ? this.given[key] : undefined;
  }
}

/**
 * What kind of client it is, from the names that the specifications have for it. An installed app that says no more than
 * that it has no secret is known by its redirect URIs, which are loopback addresses or schemes of its own (RFC 8252 §7).
 */
function inferType(given: {
  readonly applicationType: string | undefined;
  readonly authMethod: string | undefined;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
}): ClientType {
  const { applicationType, authMethod, grantTypes, redirectUris } = given;
  const redirects = grantTypes.includes('authorization_code') || redirectUris.length > 0;
  if (!redirects) return grantTypes.includes(DEVICE_CODE_GRANT) ? 'device' : 'service';
  if (applicationType === 'native') return 'native';
  if (authMethod !== 'none') return 'web';
  const isInstalled = redirectUris.length > 0 && redirectUris.every((uri) => !/^https:/i.test(uri));
  return applicationType === undefined && isInstalled ? 'native' : 'spa';
}

function grantableScopes(
  {
    requestedScope,
    grantTypes,
    kind,
  }: {
    readonly requestedScope: string | undefined;
    readonly grantTypes: readonly string[];
    readonly kind: ClientType;
  },
  policy: RegistrationPolicy,
): readonly string[] {
  const wanted = requestedScope === undefined ? policy.scopes : splitScope(requestedScope);
  return wanted.filter(
    (scope) =>
      policy.scopes.includes(scope) &&
      (scope !== 'offline_access' || grantTypes.includes('refresh_token')) &&
      (clientTypeRules(kind).redirects || kind === 'device' || !isEndUserScope(scope)),
  );
}

function hostOf(uri: string | undefined): string | undefined {
  return (uri === undefined ? undefined : parseUrl(uri)?.hostname) || undefined;
}
