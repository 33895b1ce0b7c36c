import {
  errors,
  type AccessToken,
  type Grant,
  type default as Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import type { AccountStore } from '../domain/accounts/account-store.js';
import { TOKEN_EXCHANGE_GRANT } from '../domain/clients/client-defaults.js';
import { epochSeconds } from '../domain/clock.js';
import type { Resource } from '../domain/resources/resource.js';
import type { TokenExchangePolicy } from '../domain/resources/token-exchange-policy.js';
import { tellActor } from './exchange-actors.js';
import { accountBehind, createFindAccount, mayHaveTokens } from './find-account.js';
import { EXCHANGED, type KeptJwtsDeps } from './kept-jwts.js';
import { allowedResource, allowedScope, refuseBoundTokens, resourceServerOf } from './resource-token.js';
import { findSubjectToken, type SubjectToken } from './subject-tokens.js';
import { endOfToken } from './token-bonds.js';

/** @see RFC 8693 §3 */
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
const PARAMETERS = [
  ...['subject_token', 'subject_token_type', 'requested_token_type', 'actor_token', 'actor_token_type'],
  ...['resource', 'audience', 'scope'],
];

export interface TokenExchangeDeps extends KeptJwtsDeps {
  readonly policies: readonly TokenExchangePolicy[];
  readonly resources: readonly Resource[];
  readonly accounts: Pick<AccountStore, 'findById'>;
  /** Nobody has tokens of an app whose email address is not verified. */
  readonly requireVerifiedEmail: boolean;
}

type Context = TokenEndpointGrantContext<Record<string, unknown>>;

/**
 * Token exchange: a client that received the token of a person gets one for another API with it, as its policy allows. The
 * new token never has more scopes nor a longer life than the old one, and hangs on the same grant.
 * @see RFC 8693
 */
export function offerTokenExchange(provider: Provider, deps: TokenExchangeDeps): void {
  provider.registerGrantType<Record<string, unknown>>(
    TOKEN_EXCHANGE_GRANT,
    (ctx) => exchange(provider, ctx, deps),
    PARAMETERS,
    ['resource', 'audience'],
  );
}

async function exchange(provider: Provider, ctx: Context, deps: TokenExchangeDeps): Promise<void> {
  const { client } = ctx.oidc;
  const policy = deps.policies.find((candidate) => candidate.client === client.clientId);
  if (!policy || client.clientAuthMethod === 'none') {
    throw new errors.UnauthorizedClient('the client has no policy for token exchange');
  }
  refuseBoundTokens(client, ctx.get('DPoP'), 'token exchange');
  const value = requiredToken(ctx);
  const resource = targetOf(ctx, policy, deps.resources);
  const subject = await usableSubject(provider, ctx, value, deps);
  const grant = await provider.Grant.find(subject.grantId);
  const seconds = await secondsLeft(provider, subject, grant, deps);
  const scope = scopeOf(ctx, policy, resource, subject);
  const isOwnGrant = grant?.clientId === client.clientId;
  if (resource.accessTokenFormat === 'opaque' && !isOwnGrant) {
    throw new errors.InvalidTarget('tokens of other clients can be exchanged for JWT access tokens only');
  }
  await requireAccount(provider, ctx, subject, grant?.clientId, deps);

  const token: AccessToken = new provider.AccessToken({
    accountId: subject.accountId,
    client,
    grantId: subject.grantId,
    gty: EXCHANGED,
    scope,
    sid: subject.sid,
    ...(subject.endsWithSession === undefined
      ? {}
      : { expiresWithSession: true, sessionUid: subject.endsWithSession }),
    expiresIn: Math.min(resource.accessTokenLifetime, seconds),
    resourceServer: resourceServerOf(provider, resource),
  });
  tellActor(token, policy, subject);
  ctx.oidc.entity('AccessToken', token);
  const accessToken = await token.save();
  deps.units.current()?.record({
    type: 'token.exchanged',
    actor: { kind: 'client', id: client.clientId },
    subject: { kind: 'user', id: subject.accountId },
    clientId: client.clientId,
    details: { from_client: subject.clientId, resource: resource.identifier, scope },
  });
  ctx.body = {
    access_token: accessToken,
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: 'Bearer',
    expires_in: token.expiration,
    scope,
  };
}

/** @throws {InvalidRequest} @see RFC 8693 §2.1 */
function requiredToken({ oidc: { params } }: Context): string {
  const { subject_token: value, subject_token_type: type, requested_token_type: requested } = params;
  if (typeof value !== 'string' || value === '') {
    throw new errors.InvalidRequest("missing required parameter 'subject_token'");
  }
  if (type !== ACCESS_TOKEN_TYPE) {
    throw new errors.InvalidRequest(`subject_token_type must be ${ACCESS_TOKEN_TYPE}`);
  }
  if (requested !== undefined && requested !== ACCESS_TOKEN_TYPE) {
    throw new errors.InvalidRequest(`requested_token_type must be ${ACCESS_TOKEN_TYPE}`);
  }
  if (params['actor_token'] !== undefined || params['actor_token_type'] !== undefined) {
    throw new errors.InvalidRequest('actor tokens are not accepted: the client itself is the one who acts');
  }
  return value;
}

/** @throws {InvalidRequest} @throws {InvalidTarget} @see RFC 8693 §2.2.2 */
function targetOf(
  { oidc: { params } }: Context,
  policy: TokenExchangePolicy,
  resources: readonly Resource[],
): Resource {
  const named = [params['resource'], params['audience']].flat().filter((name) => typeof name === 'string');
  if (named.length === 0) throw new errors.InvalidRequest('missing required parameter resource or audience');
  return allowedResource(named, policy, resources);
}

/** One answer for all that is wrong with it, so that nobody learns about others' tokens. @see RFC 8693 §2.2.2 */
function unacceptable(): Error {
  return new errors.InvalidRequest('subject_token is not a live access token that the client may exchange');
}

async function usableSubject(
  provider: Provider,
  { oidc: { client } }: Context,
  value: string,
  deps: TokenExchangeDeps,
): Promise<SubjectToken> {
  const subject = await findSubjectToken(provider, value, deps);
  if (!subject) throw unacceptable();
  const isAudience = deps.resources.some(
    ({ identifier, introspectionClients }) =>
      identifier === subject.audience && introspectionClients.includes(client.clientId),
  );
  if (subject.clientId !== client.clientId && !isAudience) throw unacceptable();
  if (subject.senderConstrained) {
    throw new errors.InvalidRequest('subject_token is bound to a key and cannot be exchanged');
  }
  return subject;
}

/** @returns seconds for which the token, its grant and its session live on together */
async function secondsLeft(
  provider: Provider,
  subject: SubjectToken,
  grant: Grant | undefined,
  { clock }: TokenExchangeDeps,
): Promise<number> {
  const end = await endOfToken(provider, subject, grant);
  const seconds = (end ?? 0) - epochSeconds(clock.now());
  if (seconds < 1) throw unacceptable();
  return seconds;
}

/** @throws {InvalidScope} when more is asked for than the policy, the resource and the old token have in common */
function scopeOf(
  { oidc: { params } }: Context,
  policy: TokenExchangePolicy,
  resource: Resource,
  subject: SubjectToken,
): string {
  const common = policy.scopes.filter((name) => subject.scopes.has(name) && resource.scopes.includes(name));
  return allowedScope(params['scope'], common);
}

/** The person still has a usable account, with which they may use both clients: the one that acts, and the one they signed in to. */
async function requireAccount(
  provider: Provider,
  ctx: Context,
  subject: SubjectToken,
  signedInTo: string | undefined,
  { accounts, requireVerifiedEmail }: TokenExchangeDeps,
): Promise<void> {
  const find = createFindAccount(accounts, { claimsOf: () => [], requireVerifiedEmail });
  const placeholder = new provider.AccessToken({
    accountId: subject.accountId,
    client: ctx.oidc.client,
    grantId: subject.grantId,
    gty: EXCHANGED,
  });
  const account = await find(ctx, subject.accountId, placeholder);
  const person = account && accountBehind(account);
  if (!account || !person) throw unacceptable();
  for (const clientId of new Set([subject.clientId, signedInTo ?? subject.clientId])) {
    const client = await provider.Client.find(clientId);
    // Its people are known to it by other names, which the new token would give away.
    if (!client || client.subjectType === 'pairwise') throw unacceptable();
    if (!mayHaveTokens(person, client, { requireVerifiedEmail })) throw unacceptable();
  }
  ctx.oidc.entity('Account', account);
}
