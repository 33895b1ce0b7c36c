import type { JsonObject } from '../json.js';
import { demands, readSecurityProfile } from '../profiles/security-profile.js';
import type { Client, ClientType } from './client.js';
import { grantTypesOf, readResponseType, type ResponseType } from './response-types.js';

/** Grant types by their registered names. @see RFC 7591 §2, RFC 8628 §3.4 */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** @see RFC 8693 §2.1 */
export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** @see RFC 7523 §2.1 */
export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** @see OpenID Connect CIBA Core 1.0 §10.1 */
export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** The ways to authenticate that are offered. @see OpenID Connect Core 1.0 §9 */
export type TokenEndpointAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'attest_jwt_client_auth'
  | 'attest_jwt_client_auth_dpop'
  | 'none';

/** What a kind of client gets when nothing is said, and what it may be given. */
export interface ClientTypeRules {
  readonly applicationType: 'web' | 'native';
  readonly defaultGrantTypes: readonly string[];
  readonly allowedGrantTypes: readonly string[];
  /** The first one is the default. */
  readonly authMethods: readonly [TokenEndpointAuthMethod, ...TokenEndpointAuthMethod[]];
  readonly defaultScopes: readonly string[];
  /** Whether a browser is sent back to it. */
  readonly redirects: boolean;
}

const SIGN_IN_SCOPES = ['openid', 'profile', 'email'];
const SIGN_IN_SCOPES_OFFLINE = [...SIGN_IN_SCOPES, 'offline_access'];
const CODE_GRANTS = ['authorization_code', 'refresh_token'];
/** @see RFC 8705 §2 */
const BY_CERTIFICATE = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;
/** @see draft-ietf-oauth-attestation-based-client-auth */
const BY_ATTESTATION = ['attest_jwt_client_auth', 'attest_jwt_client_auth_dpop'] as const;
const BY_KEY = ['private_key_jwt', ...BY_CERTIFICATE, ...BY_ATTESTATION] as const;
const CONFIDENTIAL = ['client_secret_basic', 'client_secret_post', ...BY_KEY] as const;

const RULES: Readonly<Record<ClientType, ClientTypeRules>> = {
  web: {
    applicationType: 'web',
    defaultGrantTypes: CODE_GRANTS,
    allowedGrantTypes: [
      ...CODE_GRANTS,
      'client_credentials',
      TOKEN_EXCHANGE_GRANT,
      JWT_BEARER_GRANT,
      CIBA_GRANT,
    ],
    authMethods: CONFIDENTIAL,
    defaultScopes: SIGN_IN_SCOPES_OFFLINE,
    redirects: true,
  },
  spa: {
    applicationType: 'web',
    defaultGrantTypes: CODE_GRANTS,
    allowedGrantTypes: CODE_GRANTS,
    authMethods: ['none'],
    // A browser keeps no long-lived token safe: offline_access must be asked for by name.
    defaultScopes: SIGN_IN_SCOPES,
    redirects: true,
  },
  native: {
    applicationType: 'native',
    defaultGrantTypes: CODE_GRANTS,
    allowedGrantTypes: [...CODE_GRANTS, DEVICE_CODE_GRANT],
    authMethods: ['none', ...BY_KEY],
    defaultScopes: SIGN_IN_SCOPES_OFFLINE,
    redirects: true,
  },
  service: {
    applicationType: 'web',
    defaultGrantTypes: ['client_credentials'],
    allowedGrantTypes: ['client_credentials', TOKEN_EXCHANGE_GRANT, JWT_BEARER_GRANT],
    authMethods: CONFIDENTIAL,
    defaultScopes: [],
    redirects: false,
  },
  device: {
    applicationType: 'native',
    defaultGrantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
    allowedGrantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
    authMethods: ['none', ...BY_KEY],
    defaultScopes: SIGN_IN_SCOPES_OFFLINE,
    redirects: false,
  },
};

/** What holds for clients of the type. */
export function clientTypeRules(type: ClientType): ClientTypeRules {
  return RULES[type];
}

type TypedClient = Pick<Client, 'type' | 'metadata'>;

/**
 * The grant types that the client may use: as it says, or else those of its type, as far as its response types have a use
 * for them; and those that its response types need.
 * @see RFC 7591 §2, §2.1
 */
export function grantTypes(client: TypedClient): readonly string[] {
  const given = stringList(client.metadata, 'grant_types');
  const chosen = chosenResponseTypes(client);
  const { defaultGrantTypes } = RULES[client.type];
  if (chosen === undefined) return given ?? defaultGrantTypes;
  const needed = grantTypesOf(chosen);
  const usual = needed.includes('authorization_code') ? defaultGrantTypes : [];
  return [...new Set([...(given ?? usual), ...needed])];
}

/**
 * The response types that the client may use: those that were chosen for it, or else `code` where it has the grant type for
 * that.
 * @see RFC 9700 §2.1.2
 */
export function responseTypes(client: TypedClient): readonly ResponseType[] {
  return chosenResponseTypes(client) ?? (grantTypes(client).includes('authorization_code') ? ['code'] : []);
}

function chosenResponseTypes({ metadata }: TypedClient): readonly ResponseType[] | undefined {
  return stringList(metadata, 'response_types')?.flatMap((text) => readResponseType(text) ?? []);
}

/**
 * The scopes that a client gets when nothing is said: those of its type, without the one for refresh tokens where its
 * response types lead to none.
 */
export function defaultScopes(client: TypedClient): readonly string[] {
  const { defaultScopes: scopes } = RULES[client.type];
  if (chosenResponseTypes(client) === undefined || grantTypes(client).includes('refresh_token'))
    return scopes;
  return scopes.filter((scope) => scope !== 'offline_access');
}

/**
 * How the client authenticates at the token endpoint: as it says, or else by the default of its type, which has to be a
 * key where its profile demands one.
 * @see OpenID Connect Core 1.0 §9, FAPI 2.0 Security Profile §5.3.2.1
 */
export function tokenEndpointAuthMethod(client: TypedClient): TokenEndpointAuthMethod {
  const { authMethods } = RULES[client.type];
  const chosen = authMethods.find((method) => method === client.metadata['token_endpoint_auth_method']);
  if (chosen !== undefined) return chosen;
  const byKey = demands(readSecurityProfile(client.metadata['profile']), 'fapi2');
  return (byKey ? authMethods.find(provesItselfByKey) : undefined) ?? authMethods[0];
}

/**
 * Whether the method proves that the client holds a private key of its own. An attestation speaks of the key of an
 * instance, and FAPI does not name it.
 * @see FAPI 2.0 Security Profile §5.3.2.1
 */
export function provesItselfByKey(method: TokenEndpointAuthMethod): boolean {
  return method !== 'none' && !/^(?:attest_|client_secret_)/.test(method);
}

/** Whether the client authenticates with a secret that it shares with this provider. */
export function usesSecret(client: TypedClient): boolean {
  return tokenEndpointAuthMethod(client).startsWith('client_secret_');
}

function stringList(metadata: JsonObject, key: string): readonly string[] | undefined {
  const value = metadata[key];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}
