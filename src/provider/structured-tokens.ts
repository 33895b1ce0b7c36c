import { errors, type Client, type default as Provider, type KoaContextWithOIDC } from 'oidc-provider';
import { epochSeconds } from '../domain/clock.js';
import type { JsonObject } from '../domain/json.js';
import type { Resource } from '../domain/resources/resource.js';
import { changeRefusals, type ChangedRefusals } from './change-refusals.js';
import { findKeptJwt, introspectableJwtResources, type KeptJwt, type KeptJwtsDeps } from './kept-jwts.js';
import { claimedAudience } from './own-jwt.js';
import type { ProtocolSettings } from './provider-dependencies.js';
import { endOfToken } from './token-bonds.js';

export interface StructuredTokensDeps extends KeptJwtsDeps {
  readonly settings: ProtocolSettings;
}

type Context = KoaContextWithOIDC;
type AnswerDeps = StructuredTokensDeps & { readonly resources: ReadonlyMap<string, Resource> };

const INACTIVE: JsonObject = { active: false };
const SIGNED = 'application/token-introspection+jwt';

/**
 * Introspects and revokes JWT access tokens for the resource servers that name who introspects them. The library knows of
 * no JWT once it is issued, and refuses both; it has found out who asks by then, and that answer is replaced. ID tokens, and
 * tokens for APIs that check them alone, stay refused, so that whoever asks learns that it is of no use.
 * @returns whether a refusal of a request is replaced
 * @see RFC 7662, RFC 7009
 */
export function answerStructuredTokens(
  provider: Provider,
  deps: StructuredTokensDeps,
): ChangedRefusals['has'] {
  const resources = introspectableJwtResources(deps.settings);
  if (resources.size === 0) return () => false;
  const { note, has } = changeRefusals(provider, (ctx) => answer(provider, ctx, { ...deps, resources }));
  const noteJwts = (ctx: Context, error: Error): void => {
    const isOfUse = () => resources.has(claimedAudience(presentedToken(ctx)) ?? '');
    if (error instanceof errors.UnsupportedTokenType && isOfUse()) note(ctx, error);
  };
  provider.on('introspection.error', noteJwts);
  provider.on('revocation.error', noteJwts);
  return has;
}

async function answer(provider: Provider, ctx: Context, deps: AnswerDeps): Promise<void> {
  const { client, route } = ctx.oidc;
  if (!client) return;
  try {
    const token = await findKeptJwt(presentedToken(ctx), deps);
    ctx.status = 200;
    if (route === 'revocation') {
      ctx.body = '';
      if (token) await revoke(provider, client, token, deps);
    } else {
      const body = token ? await introspect(provider, client, token, deps) : INACTIVE;
      ctx.body = body;
      await sign(provider, ctx, client, { ...deps, body });
    }
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    ctx.status = error.statusCode;
    ctx.body = { error: error.error, error_description: error.error_description };
    provider.emit(route === 'revocation' ? 'revocation.error' : 'introspection.error', ctx, error);
  }
}

const presentedToken = ({ oidc: { params } }: Context): string => String(params?.['token']);

async function introspect(
  provider: Provider,
  client: Client,
  token: KeptJwt,
  { resources, clock }: AnswerDeps,
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
