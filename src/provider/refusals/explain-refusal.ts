import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { readResponseType } from '../../domain/clients/response-types.js';
import { clientTraits } from '../client-metadata.js';
import {
  explainAuthenticationMethod,
  explainClocks,
  explainSecret,
} from './explain-client-authentication.js';
import { explainRedirectUri } from './explain-redirect-uri.js';
import type { Explanation } from './explanation.js';

/** What the library says of a client that it does not find. */
export const CLIENT_NOT_FOUND = 'client not found';

const SEND_PKCE: Explanation = [
  { label: 'Send', value: 'code_challenge=BASE64URL(SHA256(code_verifier)) and code_challenge_method=S256' },
  { label: 'What to do', value: 'turn PKCE on in the library of the application (RFC 7636 section 4)' },
];

const CODE_ONCE = 'start a new sign-in; a page that is loaded twice redeems its code twice';

const NO_CERTIFICATE: Explanation = [
  {
    label: 'Why',
    value: 'no certificate came, or one that is not valid now, or not from a trusted proxy',
  },
  {
    label: 'What to do',
    value:
      'see that the proxy asks for it, and compare TRUSTED_PROXIES and the section mtls with what it sends',
  },
];

/** By what the library says to developers, which for some errors is the description. */
const BY_REASON: Readonly<Record<string, Explanation>> = {
  'Authorization Server policy requires PKCE to be used for this request': SEND_PKCE,
  'code_challenge must be provided with code_challenge_method': SEND_PKCE,
  'code_challenge_method must be provided': SEND_PKCE,
  'not supported value of code_challenge_method': SEND_PKCE,
  'no client authentication mechanism provided': [
    { label: 'Send', value: 'the client_id, and where the client has a secret, the secret' },
  ],
  'client authentication must only be provided using one mechanism': [
    { label: 'What to do', value: 'send the secret in the Authorization header or in the body, not in both' },
  ],
  'client assertion tokens must only be used once': [
    { label: 'What to do', value: 'make a new assertion with a new jti for each request' },
  ],
  'code_verifier must be provided': [
    { label: 'Send', value: 'the code_verifier of which the authorization request had the code_challenge' },
  ],
  'code_verifier does not match code_challenge': [
    { label: 'Why', value: 'the code_verifier is not the one of the request that led to this code' },
    {
      label: 'What to do',
      value: 'keep the verifier per sign-in: two tabs, or a second start of the sign-in, replace it',
    },
  ],
  'authorization code not found': [
    {
      label: 'Why',
      value: 'the code was never issued here, is long over, or was revoked after a second use',
    },
    { label: 'What to do', value: CODE_ONCE },
  ],
  'authorization code already consumed': [
    { label: 'Why', value: 'the code was used before, so what was issued for it has been revoked' },
    { label: 'What to do', value: CODE_ONCE },
  ],
  'already used': [
    { label: 'Why', value: 'a code works once, and so does each refresh token; this one was used before' },
    { label: 'What to do', value: `${CODE_ONCE}; keep the newest refresh token` },
  ],
  'authorization code is expired': [
    { label: 'What to do', value: 'redeem the code at once: it works for a short time' },
  ],
  'client certificate was not provided': NO_CERTIFICATE,
  'mutual TLS client certificate not provided': NO_CERTIFICATE,
  'client certificate was not verified': [
    { label: 'Why', value: 'the proxy does not say that it verified the chain of the certificate' },
    { label: 'What to do', value: 'see what it writes into mtls.verification_header' },
  ],
  'certificate subject value does not match the registered one': [
    { label: 'Why', value: 'the certificate is not of the name that the client is registered with' },
    {
      label: 'What to do',
      value: 'compare with openssl x509 -noout -subject -nameopt RFC2253 -ext subjectAltName',
    },
  ],
  'oauth-client-attestation-pop missing': [
    { label: 'Send', value: 'OAuth-Client-Attestation-PoP, signed with the key of the instance' },
  ],
  'the issuer of the attestation is not a trusted attester': [
    { label: 'What to do', value: 'compare iss of the attestation with client_attesters' },
  ],
  'the issuer of the attestation may not speak for this client': [
    { label: 'What to do', value: 'add the client to clients of the attester in client_attesters' },
  ],
  'oauth-client-attestation instance public key mismatch': [
    { label: 'Why', value: 'it was issued to another instance, with another key' },
    { label: 'What to do', value: 'keep the key of an instance as long as its tokens, or sign in again' },
  ],
  'unregistered client certificate provided': [
    { label: 'What to do', value: 'register this very certificate as x5c of a key in jwks' },
  ],
  'client mismatch': [{ label: 'Why', value: 'it was issued to another client than the one that sent it' }],
};

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
