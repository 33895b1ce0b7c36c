import type { KoaContextWithOIDC } from 'oidc-provider';
import { epochSeconds } from '../../domain/clock.js';
import type { Explanation } from './explanation.js';

/** What was sent, by the registered methods that take it. */
const SENT = {
  basic: 'client id and secret in the Authorization header (client_secret_basic)',
  post: 'client_secret in the body (client_secret_post)',
  assertion: 'a client_assertion (private_key_jwt)',
  attestation: 'an attestation and its own proof (attest_jwt_client_auth)',
  combined: 'an attestation and a DPoP proof (attest_jwt_client_auth_dpop)',
  none: 'a client_id alone (none, or one of the methods with a certificate)',
} as const;

/** A client sent its proof of identity in another way than it is registered for. @see RFC 7591 §2 */
export function explainAuthenticationMethod(ctx: KoaContextWithOIDC): Explanation {
  const registered = ctx.oidc.client?.clientAuthMethod ?? 'another method';
  return [
    { label: 'Sent', value: SENT[sentMethod(ctx)] },
    { label: 'Registered', value: `token_endpoint_auth_method ${registered}` },
    {
      label: 'What to do',
      value: `set the application to ${registered}, or change token_endpoint_auth_method of the client`,
    },
  ];
}

function sentMethod(ctx: KoaContextWithOIDC): keyof typeof SENT {
  const { params } = ctx.oidc;
  if (params?.['client_secret'] !== undefined) return 'post';
  if (ctx.get('authorization') !== '') return 'basic';
  if (params?.['client_assertion'] !== undefined) return 'assertion';
  if (ctx.get('oauth-client-attestation') === '') return 'none';
  return ctx.get('oauth-client-attestation-pop') === '' && ctx.get('dpop') !== ''
    ? 'combined'
    : 'attestation';
}

/** A secret that is not the client's. How it differs is not said. */
export function explainSecret(ctx: KoaContextWithOIDC): Explanation {
  const { clientId } = ctx.oidc.client ?? {};
  return [
    { label: 'Why', value: 'the secret is not one of this client, or it has ended' },
    {
      label: 'What to do',
      value: [
        'look for blank space around it and for the secret of another environment;',
        'in the Authorization header, id and secret are form-encoded first (RFC 6749 section 2.3.1);',
        `a new one: latchkey client rotate-secret ${clientId ?? ''}`.trimEnd(),
      ].join(' '),
    },
  ];
}

/**
 * Times of a signed JWT that do not fit this server's clock.
 * @param parameter where the JWT was sent
 */
export function explainClocks(
  ctx: KoaContextWithOIDC,
  parameter: 'client_assertion' | 'request',
  now: Date,
): Explanation {
  const claims = payloadOf(ctx.oidc.params?.[parameter]);
  const here = epochSeconds(now);
  const times = (['iat', 'nbf', 'exp'] as const).flatMap((name) => {
    const time = claims[name];
    if (typeof time !== 'number' || !Number.isFinite(time)) return [];
    const seconds = Math.round(time - here);
    return [`${name} is ${Math.abs(seconds)} s ${seconds < 0 ? 'in the past' : 'in the future'}`];
  });
  return [
    { label: 'Why', value: `by the clock here, ${now.toISOString()}, ${times.join(', ')}` },
    { label: 'What to do', value: 'set both clocks by NTP, and make a new JWT for each request' },
  ];
}

/** The client id that a request gives, wherever it stands. It is not proved by anything. */
export function sentClientId(ctx: KoaContextWithOIDC): string | undefined {
  const { client_id: clientId, client_assertion: assertion } = ctx.oidc.params ?? {};
  if (typeof clientId === 'string') return clientId;
  const [, pair] = /^basic ([\w+/=-]+)$/i.exec(ctx.get('authorization')) ?? [];
  if (pair !== undefined) return decoded(Buffer.from(pair, 'base64').toString('utf8').split(':')[0] ?? '');
  const { sub } = payloadOf(assertion ?? ctx.get('oauth-client-attestation'));
  return typeof sub === 'string' ? sub : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return text;
  }
}

function payloadOf(jwt: unknown): Readonly<Record<string, unknown>> {
  if (typeof jwt !== 'string') return {};
  try {
    const payload: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
  } catch {
    return {};
  }
}
