import type { default as Provider, KoaContextWithOIDC } from 'oidc-provider';
import type { AuditActor, AuditEventType, AuditSubject } from '../domain/audit/audit-event.js';
import type { ArtifactUnit } from './artifact-unit.js';
import { libraryContext } from './library-context.js';
import type { ProviderDependencies } from './provider-dependencies.js';

/** A token that a client has given back. */
interface RevokedToken {
  readonly kind: string;
  readonly clientId?: string | undefined;
  readonly accountId?: string | undefined;
}

/**
 * Tells the audit log what the protocol ends. The entries wait in the unit of the request, so that they are written in
 * the same transaction as the changes that they tell of.
 */
export function auditProtocolEvents(
  provider: Provider,
  { units, artifactReference }: Pick<ProviderDependencies, 'units' | 'artifactReference'>,
): void {
  provider.on('session.destroyed', (session) => {
    if (session.accountId === undefined) return;
    units.current()?.record({
      type: 'session.ended',
      actor: user(session.accountId),
      subject: user(session.accountId),
      clientId: libraryContext()?.oidc.client?.clientId,
      details: { session: artifactReference({ model: 'Session', id: session.uid }) },
    });
  });

  provider.on('grant.revoked', (ctx, grantId) => {
    const unit = units.current();
    if (!unit) return;
    const { accountId, clientId } = seenGrant(unit, ctx, grantId);
    const circumstances = {
      actor: actorOf(ctx),
      subject: accountId === undefined ? undefined : user(accountId),
      clientId,
      details: { grant: artifactReference({ model: 'Grant', id: grantId }) },
    };
    const replay = replayOf(ctx);
    if (replay !== undefined) unit.record({ ...circumstances, type: replay });
    unit.record({ ...circumstances, type: 'grant.revoked' });
  });

  const tokenRevoked = (token: RevokedToken): void => {
    const ctx = libraryContext();
    // Elsewhere the library destroys tokens too, for instance one that was used again; that is told by other events.
    if (ctx?.oidc.route !== 'revocation') return;
    units.current()?.record({
      type: 'token.revoked',
      actor: actorOf(ctx),
      subject: token.accountId === undefined ? undefined : user(token.accountId),
      clientId: token.clientId,
      details: { token_kind: token.kind },
    });
  };
  provider.on('access_token.destroyed', tokenRevoked);
  provider.on('refresh_token.destroyed', tokenRevoked);
  provider.on('client_credentials.destroyed', tokenRevoked);
}

function user(accountId: string): AuditActor & AuditSubject {
  return { kind: 'user', id: accountId };
}

/** Who asked: the client at its own endpoints, the end user where their session is. */
function actorOf(ctx: KoaContextWithOIDC): AuditActor {
  const { client, session } = ctx.oidc;
  if (session?.accountId !== undefined) return user(session.accountId);
  return client ? { kind: 'client', id: client.clientId } : { kind: 'anonymous' };
}

function seenGrant(unit: ArtifactUnit, ctx: KoaContextWithOIDC, grantId: string) {
  const payload = unit.seen({ model: 'Grant', id: grantId });
  const { session, client } = ctx.oidc;
  return {
    accountId: textOf(payload?.['accountId']) ?? session?.accountId,
    clientId: textOf(payload?.['clientId']) ?? clientOfGrant(ctx, grantId) ?? client?.clientId,
  };
}

/** At a logout each of the session's clients loses its grant, whichever of them asked. */
function clientOfGrant({ oidc: { session } }: KoaContextWithOIDC, grantId: string): string | undefined {
  return Object.keys(session?.authorizations ?? {}).find(
    (clientId) => session?.grantIdFor(clientId) === grantId,
  );
}

/**
 * The token endpoint revokes a grant for one reason only: what it was asked to redeem had been redeemed before.
 * @see RFC 6749 §4.1.2, RFC 9700 §4.14.2
 */
function replayOf({ oidc: { route, params } }: KoaContextWithOIDC): AuditEventType | undefined {
  if (route !== 'token') return undefined;
  return params?.['grant_type'] === 'refresh_token' ? 'refresh_token.replayed' : 'code.replayed';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
