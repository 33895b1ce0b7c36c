import { createHash } from 'node:crypto';
import type { default as Provider, KoaContextWithOIDC } from 'oidc-provider';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { ArtifactUnit } from './artifact-unit.js';
import type { ArtifactUnits } from './artifact-units.js';
import { CONCURRENT_USE_SECONDS } from './artifact-adapter.js';
import { orUnavailable } from './unavailable.js';

/** Parameters that make two requests different questions; who asks is proved anew each time. */
const ASKED = ['scope', 'resource', 'authorization_details'] as const;

/**
 * Keeps the answer to each refresh for a few seconds, sealed, under the token that was used up for it: a client that lost
 * the answer may ask again.
 * @see FAPI 2.0 Security Profile §5.3.2.1
 */
export function keepRefreshAnswers(provider: Provider, units: ArtifactUnits, clock: Clock): void {
  provider.on('grant.success', (ctx) => {
    const { RotatedRefreshToken: used, RefreshToken: successor, Client: client } = ctx.oidc.entities;
    const unit = units.current();
    if (!unit || !used || !successor || !client) return;
    const expiresAt = epochSeconds(clock.now()) + CONCURRENT_USE_SECONDS;
    unit.upsert({
      model: 'RefreshAnswer',
      id: used.jti,
      payload: {
        body: ctx.body as JsonObject,
        asked: questionOf(ctx),
        clientId: client.clientId,
        successor: successor.jti,
        grantId: used.grantId ?? '',
        until: expiresAt,
      },
      expiresAt,
      grantId: used.grantId,
    });
  });
}

/** What becomes of a refresh token that comes again shortly after its use. */
export type RepeatedRefresh =
  /** The same question by the same client, which has not gone on from the answer: it gets the answer again. */
  | { readonly kind: 'answer'; readonly body: JsonObject }
  /** Another question, or no answer is kept: it is refused and nothing else happens, as ADR 5 says. */
  | { readonly kind: 'refuse' };

/**
 * Answers a refresh whose token was used up a moment ago. Where the client has gone on from the answer to it, somebody
 * else presents the token: all that hangs on the grant ends.
 * @param refreshToken the token that was presented; the library has found that the client may use it
 * @see RFC 9700 §4.14.2
 */
export async function answerRepeatedRefresh(
  { units, clock }: { readonly units: ArtifactUnits; readonly clock: Clock },
  ctx: object,
  refreshToken: string,
): Promise<RepeatedRefresh> {
  const { store } = units;
  const kept = await orUnavailable(() => store.find({ model: 'RefreshAnswer', id: refreshToken }));
  if (!kept || !isProtocolContext(ctx)) return { kind: 'refuse' };
  const { body, asked, clientId, successor, grantId, until } = kept.payload;
  if (clientId !== ctx.oidc.client?.clientId || !isObject(body)) return { kind: 'refuse' };
  if (typeof until !== 'number' || until < epochSeconds(clock.now())) return { kind: 'refuse' };
  const next = await orUnavailable(() => store.find({ model: 'RefreshToken', id: textOf(successor) }));
  if (!next || next.consumedAt !== undefined) {
    await endFamily(units, ctx, textOf(grantId));
    return { kind: 'refuse' };
  }
  return asked === questionOf(ctx) ? { kind: 'answer', body } : { kind: 'refuse' };
}

async function endFamily(units: ArtifactUnits, ctx: KoaContextWithOIDC, grantId: string): Promise<void> {
  await units.run(async (unit: ArtifactUnit) => {
    // Whose it is, for the audit log.
    await orUnavailable(() => unit.find({ model: 'Grant', id: grantId }));
    unit.revokeGrant(grantId);
    unit.remove({ model: 'Grant', id: grantId });
    // `auditProtocolEvents` tells of it.
    ctx.oidc.provider.emit('grant.revoked', ctx, grantId);
    await orUnavailable(() => unit.commit());
  }, units.current()?.origin);
}

function questionOf({ oidc: { params } }: KoaContextWithOIDC): string {
  const asked = ASKED.map((name) => params?.[name] ?? null);
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

function isProtocolContext(ctx: object): ctx is KoaContextWithOIDC {
  return 'oidc' in ctx && typeof ctx.oidc === 'object' && ctx.oidc !== null;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
