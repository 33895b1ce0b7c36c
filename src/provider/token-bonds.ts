import type { Grant, default as Provider } from 'oidc-provider';

/** What a token of a person hangs on. */
export interface TokenOfPerson {
  readonly accountId: string;
  readonly grantId: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** It ends with this session. */
  readonly endsWithSession: string | undefined;
}

/**
 * Until when a token, its grant and its session live on together.
 * @param grant the grant of the token, where there is one still
 * @returns epoch seconds; undefined when the grant or the session has ended
 */
export async function endOfToken(
  provider: Provider,
  token: TokenOfPerson,
  grant: Grant | undefined,
): Promise<number | undefined> {
  if (!grant || grant.accountId !== token.accountId || grant.clientId === undefined) return undefined;
  const ends = [token.expiresAt, grant.exp ?? token.expiresAt];
  if (token.endsWithSession !== undefined) {
    const session = await provider.Session.findByUid(token.endsWithSession);
    const isOfSession =
      session?.accountId === token.accountId && session.grantIdFor(grant.clientId) === token.grantId;
    if (!isOfSession) return undefined;
    ends.push(session.exp);
  }
  return Math.min(...ends);
}
