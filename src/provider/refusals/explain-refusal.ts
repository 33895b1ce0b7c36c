import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { readResponseType } from '../../domain/clients/response-types.js';
import { clientTraits } from '../client-metadata.js';
import {
  explainAuthenticationMethod,
  explainClocks,
  explainSecret,
} from './explain-client-authentication.js';
import { explainGrantType, GRANT_TYPE_NOT_ALLOWED, explainUnofferedGrantType } from './explain-grant-type.js';
import { explainOrigin, isRefusedOrigin } from './explain-origin.js';
import { explainRedirectUri } from './explain-redirect-uri.js';
import { explainResource } from './explain-resource.js';
import type { Explanation } from './explanation.js';
import { BY_REASON } from './explanations.js';

/** What the library says of a client that it does not find. */
export const CLIENT_NOT_FOUND = 'client not found';

/**
 * Why the protocol refused a request and what to do about it, as far as the request and its client tell.
 * @param now for what is said about clocks
 * @returns undefined when there is nothing to say beyond the error
 */
export function explainRefusal(ctx: KoaContextWithOIDC, error: Error, now: Date): Explanation | undefined {
  if (!(error instanceof errors.OIDCProviderError)) return undefined;
  const reason = error.error_detail ?? error.error_description ?? '';
  if (error instanceof errors.InvalidRedirectUri) return explainRedirectUri(ctx, 'redirect_uri');
  if (error instanceof errors.InvalidScope) return explainScope(ctx, error);
  if (error instanceof errors.InvalidTarget) return explainResource(ctx, reason);
  if (error instanceof errors.UnsupportedGrantType) return explainUnofferedGrantType(ctx);
  if (isRefusedOrigin(reason)) return explainOrigin(ctx);
  if (error instanceof errors.InvalidRequestUri) return REQUEST_URI_USED;
  if (error instanceof errors.RequestUriNotSupported) return REQUEST_URI_OFF;
  if (error instanceof errors.UnsupportedResponseType) return RESPONSE_TYPE_OFF;
  switch (reason) {
    case CLIENT_NOT_FOUND:
      return UNKNOWN_CLIENT;
    case 'post_logout_redirect_uri not registered':
      return explainRedirectUri(ctx, 'post_logout_redirect_uri');
    case 'requested response_type is not allowed for this client':
      return explainResponseType(ctx);
    case GRANT_TYPE_NOT_ALLOWED:
      return explainGrantType(ctx);
    case 'the provided authentication mechanism does not match the registered client authentication method':
      return explainAuthenticationMethod(ctx);
    case 'invalid secret provided':
      return explainSecret(ctx);
    case 'authorization code redirect_uri mismatch':
      return [...REDIRECT_URI_OF_CODE, ...(explainRedirectUri(ctx, 'redirect_uri') ?? [])];
    case 'jwt expired':
    case 'jwt not active yet':
    case 'jwt issued in the future':
      return explainTimes(ctx, error, now);
    default:
      return Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  }
}

const UNKNOWN_CLIENT: Explanation = [
  { label: 'Why', value: 'no client is registered with the client_id that was sent' },
  { label: 'What to do', value: 'latchkey client list shows the ids of all clients' },
];

const REDIRECT_URI_OF_CODE: Explanation = [
  { label: 'Why', value: 'redirect_uri is not the one of the authorization request' },
  { label: 'What to do', value: 'send the same text in both requests (RFC 6749 section 4.1.3)' },
];

const REQUEST_URI_USED: Explanation = [
  {
    label: 'Why',
    value: 'a request_uri works once, for a short time, for the client that pushed the request',
  },
  { label: 'What to do', value: 'push the request again and use the new request_uri at once' },
];

const REQUEST_URI_OFF: Explanation = [
  {
    label: 'What to do',
    value: 'send the parameters themselves, or turn on features.pushed_authorization_requests and push them',
  },
];

const RESPONSE_TYPE_OFF: Explanation = [
  { label: 'Send', value: 'response_type=code; no other is needed to sign people in' },
  { label: 'To offer others', value: 'features.response_types of the configuration file' },
];

function explainResponseType({ oidc: { client, params } }: KoaContextWithOIDC): Explanation | undefined {
  if (!client) return undefined;
  const registered = client.responseTypes ?? [];
  const wanted = readResponseType(params?.['response_type']);
  const options = [...registered, ...(wanted === undefined ? [] : [wanted])].map(
    (type) => `--response-type '${type}'`,
  );
  return [
    { label: 'Registered', value: registered.join(', ') || 'none' },
    {
      label: 'Add it',
      value: `latchkey client update ${client.clientId} ${options.join(' ')}`,
      unlogged: true,
    },
  ];
}

function explainScope(ctx: KoaContextWithOIDC, error: Error): Explanation | undefined {
  const { client } = ctx.oidc;
  const scope = 'scope' in error && typeof error.scope === 'string' ? error.scope : undefined;
  if (!client || scope === undefined) return undefined;
  const registered = clientTraits(client).scopes;
  const wanted = [...registered, scope].join(' ');
  return [
    { label: 'Not registered', value: scope, unlogged: true },
    { label: 'Registered', value: registered.join(' ') || 'none' },
    // What was sent becomes part of a command only where no shell reads more into it.
    ...(/^[\w:./ -]+$/.test(wanted)
      ? [
          {
            label: 'Add it',
            value: `latchkey client update ${client.clientId} --scope "${wanted}"`,
            unlogged: true,
          } as const,
        ]
      : []),
  ];
}

function explainTimes(
  ctx: KoaContextWithOIDC,
  { error }: InstanceType<typeof errors.OIDCProviderError>,
  now: Date,
): Explanation | undefined {
  if (error === 'invalid_client') return explainClocks(ctx, 'client_assertion', now);
  return error === 'invalid_request_object' ? explainClocks(ctx, 'request', now) : undefined;
}
