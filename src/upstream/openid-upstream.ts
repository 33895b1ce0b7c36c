import * as openid from 'openid-client';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { IdentityProvider } from '../domain/upstream/identity-provider.js';
import { UpstreamError } from '../domain/upstream/upstream-error.js';
import { toIdentity } from '../domain/upstream/upstream-identity.js';
import type { UpstreamProtocol, UpstreamWish } from '../domain/upstream/upstream-protocol.js';
import type { ProviderConnection, ProviderConnections } from './provider-connections.js';
import { fetchAddresses, fetchPerson } from './userinfo.js';

/** Seconds by which the clock of another provider may be behind. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** Characters of a hint that are passed on. */
const LONGEST_HINT = 320;

/**
 * Speaks with other providers: authorization code with PKCE, state, nonce, and the issuer in the response where the
 * provider says that it sends it.
 * @see OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9207, RFC 9700 §2.1
 */
export function createOpenidUpstream(deps: {
  readonly connections: ProviderConnections;
  readonly clock: Clock;
}): UpstreamProtocol {
  return {
    begin: (provider, wish) =>
      telling(async () => {
        const { configuration } = await deps.connections(provider);
        const codeVerifier = openid.randomPKCECodeVerifier();
        const nonce = openid.randomNonce();
        const uri = openid.buildAuthorizationUrl(configuration, {
          ...parametersOf(provider, wish),
          ...(provider.type === 'oidc' ? { nonce } : {}),
          code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        });
        const notBefore = epochSeconds(deps.clock.now()) - CLOCK_TOLERANCE_SECONDS;
        const checks = { codeVerifier, nonce };
        return { uri: uri.href, checks: wish.fresh ? { ...checks, notBefore } : checks };
      }),

    finish: (provider, { uri, state, checks }) =>
      telling(async () => {
        const connection = await deps.connections(provider);
        const isOidc = provider.type === 'oidc';
        const tokens = await openid.authorizationCodeGrant(
          connection.configuration,
          answerOf(provider, uri),
          {
            pkceCodeVerifier: checks.codeVerifier,
            expectedState: state,
            ...(isOidc ? { expectedNonce: checks.nonce, idTokenExpected: true } : {}),
          },
        );
        const identity = isOidc
          ? await oidcIdentity(connection, provider, tokens, checks.notBefore)
          : await oauthIdentity(connection, provider, tokens.access_token);
        if (!identity) throw new UpstreamError('invalid_answer', 'The provider names no subject.');
        return identity;
      }),

    signOutUri: (provider, { idToken, comeBack }) =>
      telling(async () => {
        const { configuration } = await deps.connections(provider);
        const { end_session_endpoint: endpoint } = configuration.serverMetadata();
        return endpoint === undefined
          ? undefined
          : openid.buildEndSessionUrl(configuration, {
              ...(idToken === undefined ? {} : { id_token_hint: idToken }),
              ...(comeBack && { post_logout_redirect_uri: comeBack.uri, state: comeBack.state }),
            }).href;
      }),
  };
}

function parametersOf(provider: IdentityProvider, wish: UpstreamWish): Record<string, string> {
  const { loginHint = '' } = wish;
  const isPassedOn = loginHint !== '' && loginHint.length <= LONGEST_HINT;
  return {
    response_type: 'code',
    redirect_uri: wish.redirectUri,
    scope: provider.scopes.join(' '),
    state: wish.state,
    ...(wish.fresh ? { prompt: 'login', ...(provider.type === 'oidc' ? { max_age: '0' } : {}) } : {}),
    ...(isPassedOn ? { login_hint: loginHint } : {}),
    ...(wish.uiLocales === undefined ? {} : { ui_locales: wish.uiLocales }),
  };
}

/** Without the issuer where the provider has none that could be compared: its own callback keeps providers apart then. */
function answerOf({ type }: IdentityProvider, uri: string): URL {
  const answer = new URL(uri);
  if (type === 'oauth2') answer.searchParams.delete('iss');
  return answer;
}

type Tokens = Awaited<ReturnType<typeof openid.authorizationCodeGrant>>;

async function oidcIdentity(
  { configuration }: ProviderConnection,
  provider: IdentityProvider,
  tokens: Tokens,
  notBefore: number | undefined,
) {
  const claims = tokens.claims();
  if (!claims) throw new UpstreamError('invalid_answer', 'The provider sent no ID token.');
  if (notBefore !== undefined && provider.freshSignIn === 'check') {
    if (claims.auth_time === undefined || claims.auth_time < notBefore) {
      throw new UpstreamError('not_fresh', 'The provider did not show a new sign-in.');
    }
  }
  const canTellMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
  const person =
    claims[provider.claims.email] === undefined && canTellMore
      ? await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : {};
  return toIdentity(provider, {
    issuer: claims.iss,
    subject: claims.sub,
    claims: { ...person, ...claims },
    idToken: tokens.id_token,
  });
}

async function oauthIdentity(
  connection: ProviderConnection,
  provider: IdentityProvider,
  accessToken: string,
) {
  const { claims: names, endpoints, issuer } = provider;
  if (!endpoints) throw new Error(`The provider ${provider.id} has no endpoints.`);
  const person = await fetchPerson(connection.fetch, endpoints.userinfo, accessToken);
  const address =
    endpoints.emails === undefined
      ? undefined
      : await fetchAddresses(connection.fetch, endpoints.emails, accessToken);
  const claims = address
    ? { ...person, [names.email]: address.email, [names.emailVerified]: address.verified }
    : person;
  return toIdentity(provider, { issuer, subject: person[names.subject], claims });
}

/** Turns whatever goes wrong into a fault; nothing that a provider sends is a fault of this server. */
async function telling<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toUpstreamError(error);
  }
}

function toUpstreamError(error: unknown): UpstreamError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof UpstreamError) return cause;
    if ('code' in cause && (cause.code === 'OAUTH_TIMEOUT' || cause.code === 'OAUTH_ABORT')) {
      return new UpstreamError('unreachable', 'The provider took too long.', { cause: error });
    }
  }
  if (error instanceof openid.AuthorizationResponseError) {
    return new UpstreamError('denied', `The provider answered ${safeCode(error.error)}.`, { cause: error });
  }
  return new UpstreamError('invalid_answer', `The provider's answer is not valid${reasonOf(error)}.`, {
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof openid.ResponseBodyError) return `: ${safeCode(error.error)}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? `: ${safeCode(code)}` : '';
}

/** A code of the specifications, and nothing else that somebody may write there. */
function safeCode(code: string): string {
  return /^[\w-]{1,60}$/.test(code) ? code : 'an unknown code';
}
