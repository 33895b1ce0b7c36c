import type { Explanation } from './explanation.js';

const SEND_PKCE: Explanation = [
  { label: 'Send', value: 'code_challenge=BASE64URL(SHA256(code_verifier)) and code_challenge_method=S256' },
  { label: 'What to do', value: 'turn PKCE on in the library of the application (RFC 7636 section 4)' },
];

const CODE_ONCE = 'start a new sign-in; a page that is loaded twice redeems its code twice';

const REFRESH_TOKEN_OVER: Explanation = [
  {
    label: 'Why',
    value: 'it was never issued here, is over, was revoked, or the session that it belongs to ended',
  },
  { label: 'What to do', value: 'start a new sign-in; with offline_access it outlives the session' },
];

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

/**
 * Explanations that depend on nothing else, by what the library says to developers, which for some errors is the
 * description.
 */
export const BY_REASON: Readonly<Record<string, Explanation>> = {
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
  'refresh token not found': REFRESH_TOKEN_OVER,
  'refresh token is expired': REFRESH_TOKEN_OVER,
  'refresh token already used': [
    { label: 'Why', value: 'it was used before, so all that was issued with it has been revoked' },
    {
      label: 'What to do',
      value:
        'sign in again, and keep the newest refresh token: each works once, for all tabs and processes together',
    },
  ],
  'no access token provided': [
    { label: 'Send', value: 'Authorization: Bearer, followed by the access token' },
  ],
  'access token not found': [
    {
      label: 'Why',
      value:
        'it was never issued here, is over, was revoked, its session ended, or it is a JWT for another API; an ID token is no access token',
    },
  ],
  'token audience prevents accessing the userinfo endpoint': [
    { label: 'Why', value: 'the request named a resource, so the token is for that API' },
    { label: 'What to do', value: 'for userinfo get a token without resource, or read the ID token' },
  ],
  'access token missing openid scope': [
    { label: 'What to do', value: 'put openid into the scope of the authorization request' },
  ],
  'authorization request resolved without requesting interactions but no scope was granted': [
    { label: 'Why', value: 'the request has no scope, or none that is declared here' },
    { label: 'What to do', value: 'send scope=openid, and with a resource one of its scopes' },
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
