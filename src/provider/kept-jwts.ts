import type { AccessToken, ClientCredentials, default as Provider } from 'oidc-provider';
import type { ArtifactWrite } from '../domain/artifacts/artifact.js';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { Resource } from '../domain/resources/resource.js';
import type { SigningKey } from '../domain/signing-keys/signing-key.js';
import type { ArtifactUnits } from './artifact-units.js';
import { readOwnJwt } from './own-jwt.js';
import type { ProtocolSettings } from './provider-dependencies.js';
import { orUnavailable } from './unavailable.js';

/** The grant type that is written on tokens which came by an exchange. */
export const EXCHANGED = 'token_exchange';

/** A JWT access token of this provider that has not ended, with what is kept of it. */
export interface KeptJwt {
  readonly claims: JsonObject;
  readonly jti: string;
  readonly clientId: string;
  readonly audience: string | undefined;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** Absent: it is of no person. */
  readonly accountId: string | undefined;
  readonly grantId: string | undefined;
  /** It ends with this session. */
  readonly endsWithSession: string | undefined;
  readonly sid: string | undefined;
}

export interface KeptJwtsDeps {
  readonly units: ArtifactUnits;
  readonly clock: Clock;
  readonly signingKeys: readonly SigningKey[];
  readonly issuer: string;
}

/** The resource servers whose JWT access tokens can be introspected and revoked: those that name who introspects them. */
export function introspectableJwtResources({
  features,
  resources,
}: Pick<ProtocolSettings, 'features' | 'resources'>): ReadonlyMap<string, Resource> {
  if (!features.introspection && !features.revocation) return new Map();
  return new Map(
    resources
      .filter((each) => each.accessTokenFormat === 'jwt' && each.introspectionClients.length > 0)
      .map((each) => [each.identifier, each]),
  );
}

/**
 * Keeps, of the JWT access tokens that may come back here, the grant and the session that they belong to: the token itself
 * does not tell, and its end has to be seen. What is kept ends with the grant, and when it is taken back.
 */
export function keepJwts(
  provider: Provider,
  { units, clock, settings }: Pick<KeptJwtsDeps, 'units' | 'clock'> & { readonly settings: ProtocolSettings },
): void {
  const introspectable = introspectableJwtResources(settings);
  const mayComeBack = (audience: unknown): boolean =>
    typeof audience === 'string' && introspectable.has(audience);
  const keep = (
    token: AccessToken | ClientCredentials,
    payload: JsonObject,
    endsWith: Pick<ArtifactWrite, 'grantId' | 'clientId'>,
  ): void => {
    units.current()?.upsert({
      model: 'JwtAccessToken',
      id: token.jti,
      payload,
      expiresAt: epochSeconds(clock.now()) + token.remainingTTL,
      ...endsWith,
    });
  };
  provider.on('access_token.issued', (token) => {
    if (!settings.features.tokenExchange && !mayComeBack(token.aud)) return;
    const { accountId, clientId, grantId, sid } = token;
    const session = token.expiresWithSession ? token.sessionUid : undefined;
    keep(
      token,
      {
        accountId,
        grantId,
        ...(session === undefined ? {} : { sessionUid: session }),
        ...(sid === undefined ? {} : { sid }),
      },
      // A grant ends with its client. One that was exchanged hangs on the grant of another one.
      token.gty === EXCHANGED ? { grantId, clientId } : { grantId },
    );
  });
  provider.on('client_credentials.issued', (token) => {
    if (mayComeBack(token.aud)) keep(token, {}, { clientId: token.clientId });
  });
}

/**
 * Finds a JWT access token that this provider issued and kept.
 * @returns undefined for all that is unknown, expired, revoked or forged
 */
export async function findKeptJwt(value: string, deps: KeptJwtsDeps): Promise<KeptJwt | undefined> {
  const claims = readOwnJwt(value, { keys: deps.signingKeys, issuer: deps.issuer });
  if (!claims) return undefined;
  const { jti, exp, client_id: clientId, aud } = claims;
  if (typeof jti !== 'string' || typeof exp !== 'number' || typeof clientId !== 'string') return undefined;
  if (exp <= epochSeconds(deps.clock.now())) return undefined;
  const reader = deps.units.current() ?? deps.units.store;
  const kept = await orUnavailable(() => reader.find({ model: 'JwtAccessToken', id: jti }));
  if (!kept) return undefined;
  const { accountId, grantId, sessionUid, sid } = kept.payload;
  return {
    claims,
    jti,
    clientId,
    audience: textOf(aud),
    expiresAt: exp,
    accountId: textOf(accountId),
    grantId: textOf(grantId),
    endsWithSession: textOf(sessionUid),
    sid: textOf(sid),
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
