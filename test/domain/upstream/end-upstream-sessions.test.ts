import type { Session } from '../../../src/domain/sessions/session.js';
import {
  endUpstreamSessions,
  type UpstreamLogout,
} from '../../../src/domain/upstream/end-upstream-sessions.js';
import type { IdentityProvider } from '../../../src/domain/upstream/identity-provider.js';
import { hashSid, type UpstreamSession } from '../../../src/domain/upstream/upstream-session.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createInMemorySessionStore } from '../../support/in-memory-session-store.js';
import {
  createInMemoryUpstreamLinkStore,
  createInMemoryUpstreamRequestStore,
  createInMemoryUpstreamSidStore,
} from '../../support/in-memory-upstream-stores.js';
import { createRecordingAuditTrail } from '../../support/recording-audit-trail.js';
import { readFileText } from '../../config/sources.js';

const clock = createFakeClock();
const content = { id: 'microsoft', preset: 'microsoft', client_id: 'a', client_secret: 'b' };
const [provider] = readFileText(JSON.stringify({ identity_providers: [content] })).identityProviders;
const HERE = 'https://login.example/here/v2.0';
const ELSEWHERE = 'https://login.example/elsewhere/v2.0';

/** Ends what the logout names, among these sessions of one account that are each `sid` "a". @returns those that ended */
async function ended(
  sessions: Readonly<Record<string, Partial<UpstreamSession> | undefined>>,
  logout: Partial<UpstreamLogout>,
): Promise<readonly unknown[]> {
  const store = createInMemorySessionStore();
  const usual = { providerId: 'microsoft', subject: 'jo', sid: 'a' };
  store.sessions = Object.entries(sessions).map(([id, upstream]): Session => ({
    id,
    accountId: 'ada',
    signedInAt: undefined,
    createdAt: clock.now(),
    expiresAt: undefined,
    amr: [],
    clientIds: [],
    upstream: upstream && { ...usual, ...upstream },
  }));
  const upstreamSids = createInMemoryUpstreamSidStore();
  await upstreamSids.note(hashSid('microsoft', 'a'), 'ada', new Date(clock.now().getTime() + 1000));
  const audit = createRecordingAuditTrail();
  const stores = {
    upstreamSids,
    sessions: store,
    upstreamLinks: createInMemoryUpstreamLinkStore(),
    upstreamRequests: createInMemoryUpstreamRequestStore(),
    audit,
  };
  await endUpstreamSessions(
    { clock, unitOfWork: { run: (work) => work(stores) } },
    provider as IdentityProvider,
    { issuer: HERE, subject: undefined, sid: 'a', jti: 'j', expiresAt: clock.now(), ...logout },
  );
  return audit.entries.map(({ details }) => details?.['session']);
}

describe('a logout at a provider with many tenants', () => {
  it('ends sessions of the tenant that tells of it, and of no other', async () => {
    const sessions = { ours: { issuer: HERE }, theirs: { issuer: ELSEWHERE } };
    expect(await ended(sessions, {})).toEqual(['ours']);
    expect(await ended(sessions, { issuer: ELSEWHERE })).toEqual(['theirs']);
    expect(await ended(sessions, { subject: 'jo' })).toEqual(['ours']);
  });

  it('ends sessions from before their tenant was kept', async () => {
    expect(await ended({ old: {}, password: undefined }, {})).toEqual(['old']);
  });
});
