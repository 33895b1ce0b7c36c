import type { Clock } from '../clock.js';
import type { Session } from '../sessions/session.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { IdentityProvider } from './identity-provider.js';
import { UpstreamError } from './upstream-error.js';
import { hashUpstreamToken } from './upstream-request.js';
import { hashSid } from './upstream-session.js';

/** What a provider tells by a logout token that is in order. @see OpenID Connect Back-Channel Logout 1.0 §2.4 */
export interface UpstreamLogout {
  readonly issuer: string;
  /** At least one of the two is there. */
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  readonly jti: string;
  readonly expiresAt: Date;
}

/** Reads a logout token. @throws {UpstreamError} `invalid_answer`, `unreachable` */
export type ReadLogoutToken = (provider: IdentityProvider, jwt: string) => Promise<UpstreamLogout>;

export interface EndUpstreamSessionsDeps {
  readonly unitOfWork: UnitOfWork<
    'upstreamLinks' | 'upstreamRequests' | 'upstreamSids' | 'sessions' | 'audit'
  >;
  readonly clock: Clock;
}

const PAGE = 200;

/**
 * Ends the sessions here that came from a session at another provider, or from any of its subject where it names no
 * session: as a logout does, so that applications are told in turn.
 * @returns how many ended; none where nobody is signed in here
 * @throws {UpstreamError} `request_invalid` for a token that was taken before
 * @see OpenID Connect Back-Channel Logout 1.0 §2.6, §2.7
 */
export async function endUpstreamSessions(
  deps: EndUpstreamSessionsDeps,
  provider: IdentityProvider,
  logout: UpstreamLogout,
): Promise<number> {
  return deps.unitOfWork.run(async ({ upstreamLinks, upstreamRequests, upstreamSids, sessions, audit }) => {
    const now = deps.clock.now();
    const isFirst = await upstreamRequests.addOnce({
      tokenHash: hashUpstreamToken('jti', `${provider.id}\0${logout.jti}`),
      content: { kind: 'jti' },
      expiresAt: logout.expiresAt,
    });
    if (!isFirst) throw new UpstreamError('request_invalid', 'The logout token was taken before.');
    const { issuer, subject, sid } = logout;
    const link = subject === undefined ? undefined : await upstreamLinks.find(issuer, subject);
    const bySid = sid === undefined ? undefined : await upstreamSids.find(hashSid(provider.id, sid), now);
    const accountIds = new Set([link?.accountId, bySid].filter((id) => id !== undefined));
    let ended = 0;
    for (const accountId of accountIds) {
      for (const { id } of await sessionsOf(sessions, accountId, (session) =>
        isOf(session, provider, logout),
      )) {
        if (!(await sessions.end(id, accountId))) continue;
        ended += 1;
        audit.record({
          type: 'session.ended',
          subject: { kind: 'user', id: accountId },
          details: { session: id, provider: provider.id },
        });
      }
    }
    return ended;
  });
}

function isOf(
  { upstream }: Session,
  provider: IdentityProvider,
  { issuer, subject, sid }: UpstreamLogout,
): boolean {
  if (upstream?.providerId !== provider.id) return false;
  // What tenants call their people and sessions means nothing to each other.
  if (upstream.issuer !== undefined && upstream.issuer !== issuer) return false;
  if (subject !== undefined && upstream.subject !== subject) return false;
  // Of a session whose name nobody told, only the subject is known.
  return sid === undefined || upstream.sid === sid || (upstream.sid === undefined && subject !== undefined);
}

async function sessionsOf(
  sessions: Pick<SessionStore, 'list'>,
  accountId: string,
  isWanted: (session: Session) => boolean,
): Promise<readonly Session[]> {
  const found: Session[] = [];
  let after: string | undefined;
  do {
    const page = await sessions.list({ limit: PAGE, accountId, ...(after === undefined ? {} : { after }) });
    found.push(...(page?.sessions ?? []).filter(isWanted));
    after = page?.next;
  } while (after !== undefined);
  return found;
}
