import { errors, type Client, type default as Provider, type KoaContextWithOIDC } from 'oidc-provider';
import { epochSeconds } from '../domain/clock.js';
import type { JsonObject } from '../domain/json.js';
import type { Resource } from '../domain/resources/resource.js';
import { findKeptJwt, introspectableJwtResources, type KeptJwt, type KeptJwtsDeps } from './kept-jwts.js';
import { claimedAudience } from './own-jwt.js';
import type { ProtocolSettings } from './provider-dependencies.js';
import { endOfToken } from './token-bonds.js';

export interface StructuredTokensDeps extends KeptJwtsDeps {
  readonly settings: ProtocolSettings;
}

type Context = KoaContextWithOIDC;

const INACTIVE: JsonObject = { active: false };
const SIGNED = 'application/token-introspection+jwt';

/**
 * Introspects and revokes JWT access tokens for the resource servers that name who introspects them. The library knows of
 * no JWT once it is issued, and refuses both; it has found out who asks by then, and that answer is replaced.
 * @see RFC 7662, RFC 7009
 */
export function answerStructuredTokens(provider: Provider, deps: StructuredTokensDeps): void {
  const resources = introspectableJwtResources(deps.settings);
  if (resources.size === 0) return;
  const isAnswered = answersStructuredTokens(deps.settings);
  const refused = new WeakMap<object, Context>();
  const remember = (ctx: Context, error: Error): void => {
    if (isAnswered(ctx, error)) refused.set(ctx, ctx);
  };
  provider.on('introspection.error', remember);
  provider.on('revocation.error', remember);
  // The library's own, behind whatever was put before it.
  const last = provider.middleware.length - 1;
  const answer = provider.middleware[last];
  if (!answer) throw new TypeError('The protocol has no middleware.');
  provider.middleware[last] = async (koaContext, next) => {
    await answer(koaContext, next);
    const ctx = refused.get(koaContext);
    const client = ctx?.oidc.client;
    if (!ctx || !client) return;
    try {
      const token = await findKeptJwt(String(ctx.oidc.params?.['token']), deps);
      if (ctx.oidc.route === 'revocation') {
        if (token) await revoke(provider, client, token, deps);
        ctx.status = 200;
        ctx.body = '';
      } else {
        const body = token ? await introspect(provider, client, token, { ...deps, resources }) : INACTIVE;
        ctx.status = 200;
        ctx.body = body;
        await sign(provider, ctx, client, { ...deps, body });
      }
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      ctx.status = error.statusCode;
      ctx.body = { error: error.error, error_description: error.error_description };
    }
  };
}

/**
 * Whether a refusal of the library is answered after all. ID tokens, and tokens for APIs that check them alone, stay refused,
 * so that whoever asks learns that it is of no use.
 */
export function answersStructuredTokens(
  settings: Pick<ProtocolSettings, 'features' | 'resources'>,
): (ctx: Context, error: Error) => boolean {
  const resources = introspectableJwtResources(settings);
  return ({ oidc: { client, params } }, error) => {
    if (!(error instanceof errors.UnsupportedTokenType) || !client) return false;
    return resources.has(claimedAudience(String(params?.['token'])) ?? '');
  };
}

async function introspect(
  provider: Provider,
  client: Client,
  token: KeptJwt,
  { resources, clock }: StructuredTokensDeps & { readonly resources: ReadonlyMap<string, Resource> },
): Promise<JsonObject> {
  const { introspectionClients = [] } = resources.get(token.audience ?? '') ?? {};
  const mayAsk = token.clientId === client.clientId || introspectionClients.includes(client.clientId);
  if (!mayAsk) return INACTIVE;
  const { accountId, grantId } = token;
  if (accountId !== undefined && grantId !== undefined) {
    const grant = await provider.Grant.find(grantId);
    const end = (await endOfToken(provider, { ...token, accountId, grantId }, grant)) ?? 0;
    if (end <= epochSeconds(clock.now())) return INACTIVE;
  }
  const { cnf } = token.claims;
  const isBoundByDpop = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf;
  return {
    ...token.claims,
    active: true,
    ...(token.sid === undefined ? {} : { sid: token.sid }),
    token_type: isBoundByDpop ? 'DPoP' : 'Bearer',
  };
}

/** @throws {InvalidRequest} for the token of another client @see RFC 7009 §2.1 */
async function revoke(
  provider: Provider,
  client: Client,
  token: KeptJwt,
  { units }: StructuredTokensDeps,
): Promise<void> {
  if (token.clientId !== client.clientId) {
    if (client.clientAuthMethod === 'none') return;
    throw new errors.InvalidRequest('client is not authorized to revoke the presented token');
  }
  const unit = units.current();
  unit?.remove({ model: 'JwtAccessToken', id: token.jti });
  unit?.record({
    type: 'token.revoked',
    actor: { kind: 'client', id: client.clientId },
    subject: token.accountId === undefined ? undefined : { kind: 'user', id: token.accountId },
    clientId: client.clientId,
    details: { token_kind: token.accountId === undefined ? 'ClientCredentials' : 'AccessToken' },
  });
  if (token.grantId === undefined) return;
  // As with opaque ones. One that was exchanged hangs on the grant of another client, which goes on.
  const grant = await provider.Grant.find(token.grantId);
  if (grant?.clientId === client.clientId) await provider.AccessToken.revokeByGrantId(token.grantId);
}

/**
 * Signs the answer for clients that are registered for it and ask for it.
 * @throws {InvalidRequest} when the client is registered for encrypted answers, and asks for plain ones
 * @see RFC 9701 §4
 */
async function sign(
  provider: Provider,
  ctx: Context,
  client: Client,
  { settings: { features }, body }: StructuredTokensDeps & { readonly body: JsonObject },
): Promise<void> {
  const { introspectionSignedResponseAlg: signed, introspectionEncryptedResponseAlg: encrypted } = client;
  if (!features.jwtIntrospection || (signed === undefined && encrypted === undefined)) return;
  if (ctx.accepts('json', SIGNED) !== SIGNED) {
    if (encrypted === undefined) return;
    throw new errors.InvalidRequest(`introspection must be requested with Accept: ${SIGNED} for this client`);
  }
  const token = new provider.IdToken({}, { ctx });
  Object.assign(token, { extra: { token_introspection: body, aud: body['aud'] } });
  ctx.body = await token.issue({ use: 'introspection' });
  ctx.type = `${SIGNED}; charset=utf-8`;
}
