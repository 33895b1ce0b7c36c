import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { endSession } from '../../../src/domain/sessions/end-session.js';
import { listSessions } from '../../../src/domain/sessions/list-sessions.js';
import { sessionInformation, type Session } from '../../../src/domain/sessions/session.js';
import { signOutEverywhere } from '../../../src/domain/sessions/sign-out-everywhere.js';
import { createAccountDeps, faultsOf, refusalOf } from '../../support/account-deps.js';

const session: Session = {
  id: 'one',
  accountId: 'ada',
  signedInAt: new Date('2026-11-23T12:00:00Z'),
  createdAt: new Date('2026-11-23T11:00:00Z'),
  expiresAt: undefined,
  amr: ['pwd'],
  clientIds: ['shop'],
};

let deps: ReturnType<typeof createAccountDeps>;

beforeEach(() => {
  deps = createAccountDeps();
  deps.sessions.sessions = [
    session,
    { ...session, id: 'two' },
    { ...session, id: 'three', accountId: 'bob' },
  ];
});

describe('listSessions', () => {
  test('answers pages, of all or of one account', async () => {
    const first = await listSessions(deps, { limit: 2 });
    expect(first.sessions.map(({ id }) => id)).toEqual(['one', 'two']);
    const last = await listSessions(deps, { limit: 2, after: first.next });
    expect(last.sessions.map(({ id }) => id)).toEqual(['three']);
    expect((await listSessions(deps, { accountId: 'bob' })).sessions).toHaveLength(1);
  });

  test('refuses a page of a wrong size, and a place that is none', async () => {
    for (const limit of [0, 201, 1.5, Number.NaN]) {
      expect(await faultsOf(listSessions(deps, { limit }))).toEqual(['limit: out_of_range']);
    }
    expect(await faultsOf(listSessions(deps, { after: 'nowhere' }))).toEqual(['after: cursor_invalid']);
  });

  test('tells of a session in JSON', () => {
    expect(sessionInformation(session)).toEqual({
      id: 'one',
      user_id: 'ada',
      signed_in_at: '2026-11-23T12:00:00.000Z',
      created_at: '2026-11-23T11:00:00.000Z',
      expires_at: null,
      amr: ['pwd'],
      clients: ['shop'],
    });
  });
});

describe('endSession', () => {
  test('ends one session, and says so in the audit log', async () => {
    await endSession(deps, { sessionId: 'one' });
    expect(deps.sessions.sessions.map(({ id }) => id)).toEqual(['two', 'three']);
    expect(deps.audit.entries).toEqual([
      { type: 'session.ended', subject: { kind: 'user', id: 'ada' }, details: { session: 'one' } },
    ]);
  });

  test('refuses a session that is not there, or is of another account', async () => {
    expect((await refusalOf(endSession(deps, { sessionId: 'four' }))).code).toBe('not_found');
    const ofAnother = endSession(deps, { sessionId: 'three', accountId: 'ada' });
    expect((await refusalOf(ofAnother)).code).toBe('not_found');
    expect(deps.sessions.sessions).toHaveLength(3);
    expect(deps.audit.entries).toEqual([]);
  });
});

describe('signOutEverywhere', () => {
  test('ends all that was issued to the account, which stays as it is', async () => {
    const account = await createAccount(deps, { email: 'ada@example.com' });
    expect(await signOutEverywhere(deps, account.id)).toEqual(account);
    expect(deps.revoked).toEqual([account.id]);
    expect(deps.audit.entries.at(-1)).toMatchObject({
      type: 'user.signed_out_everywhere',
      subject: { kind: 'user', id: account.id },
    });
  });

  test('refuses an account that is not there', async () => {
    expect((await refusalOf(signOutEverywhere(deps, 'nobody'))).code).toBe('not_found');
    expect(deps.audit.entries).toEqual([]);
  });
});
