import { errors, type default as Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import type { AccountStore } from '../domain/accounts/account-store.js';
import {
  UnacceptableAssertion,
  type Assertion,
  type ReadAssertion,
} from '../domain/assertions/trusted-issuer.js';
import { JWT_BEARER_GRANT } from '../domain/clients/client-defaults.js';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { Resource } from '../domain/resources/resource.js';
import type { ArtifactUnits } from './artifact-units.js';
import { clientTraits } from './client-metadata.js';
import { createFindAccount } from './find-account.js';
import { allowedResource, allowedScope, refuseBoundTokens, resourceServerOf } from './resource-token.js';
import { orUnavailable } from './unavailable.js';

/** What takes assertions needs from outside the protocol. */
export interface AssertionParts {
  readonly readAssertion: ReadAssertion;
  /** The id of the account that an assertion is about. */
  readonly findSubject: (assertion: Assertion) => Promise<string | undefined>;
}

export interface JwtBearerDeps extends AssertionParts {
  readonly resources: readonly Resource[];
  readonly accounts: Pick<AccountStore, 'findById'>;
  /** Nobody signs in to an app whose email address is not verified. */
  readonly requireVerifiedEmail: boolean;
  readonly units: ArtifactUnits;
  readonly clock: Clock;
}

type Context = TokenEndpointGrantContext<Record<string, unknown>>;

/**
 * JWT bearer grant: a client presents the assertion of a trusted issuer about a person, and gets an access token for one
 * resource server, as the issuer's policy allows. There is no refresh token: the next assertion does.
 * @see RFC 7523 §2.1
 */
export function offerJwtBearer(provider: Provider, deps: JwtBearerDeps): void {
  provider.registerGrantType<Record<string, unknown>>(
    JWT_BEARER_GRANT,
    (ctx) => answer(provider, ctx, deps),
    ['assertion', 'resource', 'scope'],
    ['resource'],
  );
}

async function answer(provider: Provider, ctx: Context, deps: JwtBearerDeps): Promise<void> {
  const { client, params } = ctx.oidc;
  refuseBoundTokens(client, ctx.get('DPoP'), 'the JWT bearer grant');
  if (typeof params['assertion'] !== 'string' || params['assertion'] === '') {
    throw new errors.InvalidRequest("missing required parameter 'assertion'");
  }
  const assertion = await readAssertion(params['assertion'], deps);
  const { trusted } = assertion;
  const { clientId } = client;
  if (!trusted.clients.includes(clientId) || client.clientAuthMethod === 'none') {
    throw new errors.UnauthorizedClient('the client may not present assertions of this issuer');
  }
  if (clientTraits(client).requireSecondFactor) {
    throw new errors.UnauthorizedClient(
      'the client requires a second factor, which an assertion does not show',
    );
  }
  const resource = targetOf(params['resource'], assertion, deps.resources);
  const available = trusted.scopes.filter((name) => resource.scopes.includes(name));
  const scope = allowedScope(params['scope'], available);
  const accountId = await requireAccount(provider, ctx, assertion, deps);
  await takeOnce(provider, assertion);

  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resource.identifier, scope);
  grant.exp = epochSeconds(deps.clock.now()) + resource.accessTokenLifetime;
  const token = new provider.AccessToken({
    accountId,
    client,
    grantId: await grant.save(),
    gty: 'jwt_bearer',
    scope,
    expiresIn: resource.accessTokenLifetime,
    resourceServer: resourceServerOf(provider, resource),
  });
  ctx.oidc.entity('AccessToken', token);
  const accessToken = await token.save();
  deps.units.current()?.record({
    type: 'assertion.accepted',
    actor: { kind: 'client', id: clientId },
    subject: { kind: 'user', id: accountId },
    clientId,
    details: { issuer: trusted.issuer, resource: resource.identifier, scope },
  });
  ctx.body = { access_token: accessToken, token_type: 'Bearer', expires_in: token.expiration, scope };
}

async function readAssertion(jwt: string, deps: JwtBearerDeps): Promise<Assertion> {
  try {
    return await deps.readAssertion(jwt);
  } catch (error) {
    if (error instanceof UnacceptableAssertion) throw unacceptable(error.message);
    throw error;
  }
}

/** One answer for all that is wrong with it, so that nobody learns who has an account; the detail is for the log. */
function unacceptable(detail: string): Error {
  return new errors.InvalidGrant(`the assertion is not taken: ${detail}`);
}

/** @throws {InvalidTarget} */
function targetOf(named: unknown, { trusted }: Assertion, declared: readonly Resource[]): Resource {
  const given = [named].flat().filter((name) => typeof name === 'string');
  // Whoever may use one only need not name it.
  return allowedResource(given.length > 0 ? given : trusted.resources, trusted, declared);
}

/** @returns the id of the account, which may be used with this client */
async function requireAccount(
  provider: Provider,
  ctx: Context,
  assertion: Assertion,
  { accounts, findSubject, requireVerifiedEmail }: JwtBearerDeps,
): Promise<string> {
  const accountId = await orUnavailable(() => findSubject(assertion));
  if (accountId === undefined) throw unacceptable('its subject has no account');
  const find = createFindAccount(accounts, { claimsOf: () => [], requireVerifiedEmail });
  const placeholder = new provider.AccessToken({
    accountId,
    client: ctx.oidc.client,
    grantId: '',
    gty: 'jwt_bearer',
  });
  const account = await find(ctx, accountId, placeholder);
  if (!account) {
    throw unacceptable(
      'its subject has no account that may use the client, or has to verify its email address',
    );
  }
  ctx.oidc.entity('Account', account);
  return accountId;
}

/** @throws {InvalidGrant} when it was taken before, on any instance */
async function takeOnce(provider: Provider, { trusted, jti, expiresAt }: Assertion): Promise<void> {
  const isFirst = await provider.ReplayDetection.unique(
    `${JWT_BEARER_GRANT} ${trusted.issuer} `,
    jti,
    expiresAt,
  );
  if (!isFirst) throw unacceptable('it was taken before');
}
