import { once } from 'node:events';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.js';
import type { Session } from '../../../src/domain/sessions/session.js';
import { GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';
import { ISSUER, SESSION, useAccountApps } from '../../support/account-app.js';
import { shownPage } from '../../support/http-app.js';
import { csrf } from '../../support/interaction-app.js';

const start = useAccountApps();

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

function sessionOf(accountId: string, id: string): Session {
  return {
    id,
    accountId,
    signedInAt: new Date('2026-11-23T10:00:00Z'),
    createdAt: new Date('2026-11-23T10:00:00Z'),
    expiresAt: undefined,
    amr: ['pwd'],
    clientIds: [],
    device: { userAgent: FIREFOX, network: '203.0.0.0/16', seenAt: new Date('2026-11-23T11:00:00Z') },
  };
}

describe('every form of the account', () => {
  it.each(['profile', 'password', 'sessions', 'apps', 'data', 'deletion'])(
    'of %s is refused from elsewhere, and without its token (S21)',
    async (name) => {
      const { post, accounts, account, revoked } = await start();
      const path = `/account/${name}`;
      expect((await post(path, { csrf: 'not mine' })).status).toBe(403);
      expect((await post(path, {}, { origin: 'https://evil.example' })).status).toBe(403);
      expect((await post(path, {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect(await accounts.findById(account.id)).toEqual(account);
      expect(revoked).toEqual([]);
    },
  );
});

describe('the overview', () => {
  it('says who is signed in, what is set up and where things are', async () => {
    const areas = [
      { name: 'totp', path: '/account/totp', count: () => Promise.resolve(0) },
      { name: 'passkeys', path: '/account/passkeys', count: () => Promise.resolve(2) },
    ] as const;
    const { show, account, sessions } = await start({ areas });
    sessions.sessions = [sessionOf(account.id, SESSION)];
    const { page, model } = shownPage(await show('/account'));
    expect(page).toBe('account');
    expect(model).toMatchObject({
      account: { label: 'jo@example.com' },
      name: 'Jo Doe',
      groups: [
        { areas: [{ href: '/account/profile' }] },
        {
          areas: [
            { name: 'password', count: 1 },
            { name: 'passkeys', href: '/account/passkeys', count: 2 },
            { name: 'totp', count: 0 },
          ],
        },
        { areas: [{ name: 'sessions', count: 1 }, { name: 'apps', count: 0 }, { name: 'activity' }] },
        { areas: [{ name: 'data' }, { name: 'deletion' }] },
      ],
      signOutUri: '/session/end',
    });
  });

  it('tells what was done only in its own words', async () => {
    const { show } = await start();
    expect(shownPage(await show('/account?done=profile_saved')).model['done']).toBe('profile_saved');
    expect(shownPage(await show('/account?done=%3Cb%3E')).model['done']).toBeUndefined();
  });
});

describe('the profile', () => {
  it('is saved; what is emptied goes, what is not on the page stays', async () => {
    const { accounts, account, post, now, audit } = await start({ secure: false });
    await accounts.update({
      ...account,
      version: account.version + 1,
      profile: { ...account.profile, gender: 'female', website: 'https://jo.example/' },
    });
    const answer = await post('/account/profile', {
      given_name: 'Josephine',
      family_name: 'Doe',
      website: '',
      zoneinfo: 'Europe/Berlin',
      locale: 'de',
      username: 'josephine',
    });
    expect([answer.status, answer.headers.location]).toEqual([303, '/account/profile?done=profile_saved']);
    const after = await now();
    // From now on the pages speak the language that was chosen.
    expect(answer.headers['set-cookie']?.join()).toMatch(/^latchkey_locale=de\./);
    expect(after.username).toBe('josephine');
    expect(after.profile).toEqual({
      givenName: 'Josephine',
      familyName: 'Doe',
      gender: 'female',
      zoneinfo: 'Europe/Berlin',
      locale: 'de',
    });
    expect(audit.entries.at(-1)).toMatchObject({ type: 'user.updated', subject: { id: account.id } });
  });

  it('is kept on the page with all its faults, and nothing is changed', async () => {
    const { account, post, now } = await start();
    const answer = await post('/account/profile', {
      given_name: 'Jo\u0007',
      family_name: 'Doe',
      birthdate: 'long ago',
      website: 'javascript:alert(1)',
      username: 'a@b',
    });
    expect(answer.status).toBe(422);
    const { model } = shownPage(answer);
    expect((model['faults'] as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'birthdate',
      'given_name',
      'username',
      'website',
    ]);
    expect(model['values']).toMatchObject({ birthdate: 'long ago', username: 'a@b' });
    expect(await now()).toEqual(account);
  });

  it('cannot be used to verify, to promote or to enable oneself (S62)', async () => {
    const { account, post, now } = await start();
    await post('/account/profile', {
      given_name: 'Jo',
      family_name: 'Doe',
      email: 'boss@example.com',
      email_verified: 'true',
      phone_number_verified: 'true',
      roles: 'admin',
    });
    const { email, emailVerified, roles, profile } = await now();
    expect({ email, emailVerified, roles, profile }).toEqual({
      email: 'jo@example.com',
      emailVerified: false,
      roles: [],
      profile: account.profile,
    });
  });
});

describe('the password', () => {
  it('is changed; everything ends but this session (S39)', async () => {
    const { accounts, account, post, audit, artifactRevocation, loginThrottle } = await start();
    const kept: (string | undefined)[] = [];
    artifactRevocation.revokeAccount = (_id, keptSessionId) => Promise.resolve(kept.push(keptSessionId));
    const answer = await post('/account/password', {
      current_password: GOOD_PASSWORD,
      password: OTHER_PASSWORD,
    });
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      '/account/password?done=password_changed',
    ]);
    expect((await accounts.findByLogin(account.email))?.passwordHash).toBe(`$fake$${OTHER_PASSWORD}`);
    expect(kept).toEqual([SESSION]);
    expect(audit.entries.at(-1)).toMatchObject({ type: 'password.changed', actor: { id: account.id } });
    expect(loginThrottle.notes).toEqual([
      `count account:${account.id} 127.0.0.1`,
      `succeed account:${account.id} 127.0.0.1`,
    ]);
  });

  it.each([
    [
      'a wrong current password',
      { current_password: 'not it at all', password: OTHER_PASSWORD },
      'current_password_wrong',
    ],
    ['no current password', { password: OTHER_PASSWORD }, 'current_password_missing'],
    ['no new password', { current_password: GOOD_PASSWORD }, 'password_missing'],
    ['a short one', { current_password: GOOD_PASSWORD, password: 'short' }, 'password_too_short'],
    ['the email', { current_password: GOOD_PASSWORD, password: 'jo@example.com.' }, 'password_context'],
  ])('stays for %s', async (_name, fields: Record<string, string>, code) => {
    const { accounts, account, post, revoked } = await start();
    const answer = await post('/account/password', fields);
    expect(answer.status).toBe(422);
    expect(shownPage(answer).model['faults']).toMatchObject([{ code }]);
    expect(answer.body).not.toContain(OTHER_PASSWORD);
    expect((await accounts.findByLogin(account.email))?.passwordHash).toBe(`$fake$${GOOD_PASSWORD}`);
    expect(revoked).toEqual([]);
  });

  it('counts wrong tries before it looks, and records them (S31)', async () => {
    const { account, post, loginThrottle, passwordHasher, audit } = await start();
    await post('/account/password', { current_password: 'not it at all', password: OTHER_PASSWORD });
    expect(audit.entries.at(-1)).toMatchObject({
      type: 'password.change_failed',
      subject: { id: account.id },
    });
    loginThrottle.wait = 90;
    passwordHasher.asked.length = 0;
    const answer = await post('/account/password', {
      current_password: GOOD_PASSWORD,
      password: OTHER_PASSWORD,
    });
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '90']);
    expect(shownPage(answer).model).toMatchObject({ retryAfterMinutes: 2 });
    expect(passwordHasher.asked).toEqual([]);
  });

  it('asks to come back when everything is busy (S29)', async () => {
    const { post, passwordHasher } = await start();
    passwordHasher.overloaded = 'verify';
    const answer = await post('/account/password', {
      current_password: GOOD_PASSWORD,
      password: OTHER_PASSWORD,
    });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
  });

  it('is set for the first time only right after a sign-in', async () => {
    const { accounts, account, post, show, clock } = await start();
    accounts.records.set(account.id, { account, passwordHash: undefined });
    expect(shownPage(await show('/account/password')).model['hasPassword']).toBe(false);
    clock.turn(601);
    expect((await show('/account/password')).headers.location).toContain('prompt=login');
    expect((await post('/account/password', { password: OTHER_PASSWORD })).headers.location).toContain(
      'prompt=login',
    );
    clock.turn(-601);
    const answer = await post('/account/password', { password: OTHER_PASSWORD });
    expect(answer.headers.location).toBe('/account/password?done=password_changed');
    expect((await accounts.findByLogin(account.email))?.passwordHash).toBe(`$fake$${OTHER_PASSWORD}`);
  });
});

describe('sessions', () => {
  it('are listed, this one first, each with its browser and place', async () => {
    const { account, sessions, show } = await start();
    sessions.sessions = [
      sessionOf(account.id, 'other'),
      sessionOf(account.id, SESSION),
      sessionOf('somebody', 'x'),
    ];
    expect(shownPage(await show('/account/sessions')).model['sessions']).toEqual([
      expect.objectContaining({ id: SESSION, isThis: true }),
      {
        id: 'other',
        isThis: false,
        browser: 'Firefox',
        system: 'Linux',
        network: '203.0.0.0/16',
        signedInAt: '2026-11-23T10:00:00.000Z',
        seenAt: '2026-11-23T11:00:00.000Z',
      },
    ]);
  });

  it('end one by one, and only one’s own', async () => {
    const { account, sessions, post, audit } = await start();
    sessions.sessions = [
      sessionOf(account.id, SESSION),
      sessionOf(account.id, 'other'),
      sessionOf('somebody', 'theirs'),
    ];
    const ids = () => sessions.sessions.map(({ id }) => id);
    expect((await post('/account/sessions', { session: 'theirs' })).status).toBe(303);
    expect(ids()).toContain('theirs');
    expect((await post('/account/sessions', { session: SESSION })).status).toBe(303);
    expect(ids()).toContain(SESSION);
    const answer = await post('/account/sessions', { session: 'other' });
    expect(answer.headers.location).toBe('/account/sessions?done=session_ended');
    expect(ids()).toEqual([SESSION, 'theirs']);
    expect(audit.entries).toContainEqual(
      expect.objectContaining({ type: 'session.ended', details: { session: 'other' } }),
    );
  });

  it('end all but this one', async () => {
    const { account, sessions, post } = await start();
    sessions.sessions = ['a', SESSION, 'b'].map((id) => sessionOf(account.id, id));
    sessions.sessions = [...sessions.sessions, sessionOf('somebody', 'theirs')];
    const answer = await post('/account/sessions', { others: '1' });
    expect(answer.headers.location).toBe('/account/sessions?done=others_ended');
    expect(sessions.sessions.map(({ id }) => id)).toEqual([SESSION, 'theirs']);
  });

  it('take no form whose end comes after the end of the session', async () => {
    const { account, app, session, sessions } = await start();
    sessions.sessions = [sessionOf(account.id, SESSION), sessionOf(account.id, 'other')];
    const body = new URLSearchParams({ csrf: csrf.token(`account ${SESSION}`), others: '1' }).toString();
    const socket = await app.connect();
    const head = [
      'POST /account/sessions HTTP/1.1',
      'Host: id.example.com',
      'Cookie: browser=mine',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      `Origin: ${ISSUER}`,
      'Connection: close',
      // Tells when the server has begun with the request.
      'Expect: 100-continue',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    session.now = undefined;
    socket.write(body);
    expect(String(await once(socket, 'data'))).toContain('Location: /authorize?');
    expect(sessions.sessions).toHaveLength(2);
    socket.destroy();
  });

  it.each<Readonly<Record<string, string>>>([{ session: 'other' }, { others: '1' }])(
    'end by %j with every browser that was spared the second factor',
    async (fields) => {
      const { account, clock, rememberedDevices, sessions, post } = await start();
      sessions.sessions = [sessionOf(account.id, SESSION), sessionOf(account.id, 'other')];
      const remember = (accountId: string) =>
        rememberedDevices.insert({
          accountId,
          tokenHash: Buffer.from(accountId),
          createdAt: clock.now(),
          expiresAt: new Date(clock.now().getTime() + 1000),
        });
      await Promise.all([remember(account.id), remember('somebody')]);
      expect((await post('/account/sessions', { session: SESSION })).status).toBe(303);
      expect(rememberedDevices.devices).toHaveLength(2);
      expect((await post('/account/sessions', fields)).status).toBe(303);
      expect(rememberedDevices.devices.map(({ accountId }) => accountId)).toEqual(['somebody']);
    },
  );
});

describe('apps', () => {
  it('are what was allowed and what holds now, without the account’s own pages', async () => {
    const { account, consents, grants, clients, clientUses, show, post, audit } = await start();
    const accountId = account.id;
    clients.push({ clientId: 'shop', name: 'Shop', metadata: { client_uri: 'https://shop.example' } });
    await consents.add({
      accountId,
      clientId: 'shop',
      scopes: ['email'],
      claims: [],
      resourceScopes: {},
      grantedAt: new Date('2026-11-01T00:00:00Z'),
    });
    const grant = {
      accountId,
      claims: [],
      grantedAt: new Date('2026-11-20T00:00:00Z'),
      expiresAt: undefined,
    };
    grants.grants = [
      {
        ...grant,
        id: 'g1',
        clientId: 'shop',
        scopes: ['email', 'profile'],
        resourceScopes: { 'https://api.example': ['orders:read'] },
      },
      { ...grant, id: 'g2', clientId: 'latchkey-account', scopes: ['openid'], resourceScopes: {} },
    ];
    await clientUses.record({
      accountId,
      clientId: 'shop',
      lastUsedAt: new Date('2026-11-22T00:00:00Z'),
      received: { email: 'jo@example.com', address: { locality: 'Bern', country: 'CH' }, groups: ['a', 'b'] },
    });
    expect(shownPage(await show('/account/apps')).model['apps']).toEqual([
      {
        clientId: 'shop',
        name: 'Shop',
        uri: 'https://shop.example',
        scopes: [
          { name: 'email', isNew: false },
          { name: 'profile', isNew: false },
          { name: 'orders:read', sentence: 'See your orders', value: 'https://api.example', isNew: false },
        ],
        since: '2026-11-01T00:00:00.000Z',
        lastUsedAt: '2026-11-22T00:00:00.000Z',
        received: [
          { name: 'email', value: 'jo@example.com' },
          { name: 'address', value: 'Bern, CH' },
          { name: 'groups', value: 'a, b' },
        ],
      },
    ]);

    const answer = await post('/account/apps', { client_id: 'shop' });
    expect(answer.headers.location).toBe('/account/apps?done=app_removed');
    expect(shownPage(await show('/account/apps')).model['apps']).toEqual([]);
    expect(audit.entries.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['consent.revoked', 'grant.revoked']),
    );
  });
});

describe('activity', () => {
  it('tells what happened to the account, page by page, and not where others sat', async () => {
    const { account, events, queries, clients, show } = await start();
    clients.push({ clientId: 'shop', name: 'Shop', metadata: {} });
    const event = (sequence: number, over: Partial<AuditEvent> = {}): AuditEvent => ({
      id: `e${sequence}`,
      sequence,
      at: new Date('2026-11-23T10:00:00Z'),
      type: 'sign_in.succeeded',
      actor: { kind: 'user', id: account.id },
      subject: { kind: 'user', id: account.id },
      address: '203.0.113.7',
      userAgent: FIREFOX,
      ...over,
    });
    events.push(
      event(30, { clientId: 'shop' }),
      event(29, { type: 'user.disabled', actor: { kind: 'user', id: 'admin' } }),
      event(28, { type: 'sign_in.failed', actor: { kind: 'anonymous' } }),
      ...Array.from({ length: 18 }, (_, index) => event(27 - index)),
    );
    const first = shownPage(await show('/account/activity')).model;
    expect((first['events'] as unknown[]).slice(0, 3)).toEqual([
      {
        kind: 'sign_in_succeeded',
        at: '2026-11-23T10:00:00.000Z',
        byOther: false,
        clientName: 'Shop',
        browser: 'Firefox',
        system: 'Linux',
        network: '203.0.0.0/16',
      },
      { kind: 'user_disabled', at: '2026-11-23T10:00:00.000Z', byOther: true },
      expect.objectContaining({ kind: 'sign_in_failed', byOther: false, network: '203.0.0.0/16' }),
    ]);
    expect(first['olderUri']).toBe('/account/activity?before=11');
    const second = shownPage(await show('/account/activity?before=11')).model;
    expect(second['events']).toHaveLength(1);
    expect(second['olderUri']).toBeUndefined();
    await show('/account/activity?before=-1%27');
    expect(queries.map(({ before, subjectId }) => [before, subjectId])).toEqual([
      [undefined, account.id],
      [11, account.id],
      [undefined, account.id],
    ]);
  });
});

describe('the download', () => {
  it('holds what is stored about the person, and no secret', async () => {
    const { account, post, sessions, audit } = await start({
      areas: [
        { name: 'passkeys', path: '/account/passkeys', exported: () => Promise.resolve([{ name: 'Phone' }]) },
      ],
    });
    sessions.sessions = [sessionOf(account.id, SESSION)];
    const answer = await post('/account/data', {});
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-disposition': 'attachment; filename="account.json"',
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(answer.json()).toMatchObject({
      account: { id: account.id, email: 'jo@example.com', given_name: 'Jo' },
      credentials: { password: true, passkeys: [{ name: 'Phone' }] },
      sessions: [{ id: SESSION, device: { user_agent: FIREFOX } }],
      connected_apps: [],
      consents: [],
      activity: [],
    });
    expect(answer.body).not.toContain(GOOD_PASSWORD);
    expect(audit.entries.at(-1)).toMatchObject({ type: 'user.exported', subject: { id: account.id } });
  });
});

describe('deletion', () => {
  it('marks the account, signs out everywhere and tells its owner', async () => {
    const { account, post, now, revoked, mails, audit, show } = await start();
    const answer = await post('/account/deletion', { decision: 'delete' });
    expect(shownPage(answer)).toMatchObject({
      page: 'account-deletion-done',
      model: { dueAt: '2026-11-30T12:00:00.000Z' },
    });
    expect((await now()).deletionDueAt).toEqual(new Date('2026-11-30T12:00:00.000Z'));
    expect(revoked).toEqual([account.id]);
    expect(mails).toMatchObject([
      { kind: 'notice', to: 'jo@example.com', values: { notice: 'deletion_requested' } },
    ]);
    expect(audit.entries.at(-1)).toMatchObject({ type: 'user.deletion_requested' });
    // Whoever signs in again meanwhile comes to the choice, whatever page they want.
    for (const path of ['/account', '/account/profile', '/account/password', '/account/data']) {
      expect((await show(path)).headers.location).toBe('/account/deletion');
    }
    expect(shownPage(await show('/account/deletion')).model).toMatchObject({
      dueAt: '2026-11-30T12:00:00.000Z',
    });
  });

  it('is cancelled by whoever signs in again, without another proof', async () => {
    const { account, post, now, mails, clock, audit } = await start();
    await post('/account/deletion', { decision: 'delete' });
    clock.turn(3_600);
    const answer = await post('/account/deletion', { decision: 'keep' });
    expect(answer.headers.location).toBe('/account?done=deletion_cancelled');
    expect((await now()).deletionDueAt).toBeUndefined();
    expect(mails.at(-1)).toMatchObject({ values: { notice: 'deletion_cancelled' } });
    expect(audit.entries.at(-1)).toMatchObject({
      type: 'user.deletion_cancelled',
      subject: { id: account.id },
    });
  });

  it('takes a proof of the last ten minutes, and a decision', async () => {
    const { post, now, clock } = await start();
    expect(shownPage(await post('/account/deletion', {})).page).toBe('account-deletion');
    clock.turn(601);
    const answer = await post('/account/deletion', { decision: 'delete' });
    expect(answer.headers.location).toContain('prompt=login');
    expect((await now()).deletionDueAt).toBeUndefined();
  });

  it('is refused to the last administrator (S64)', async () => {
    const { account, accounts, post, now } = await start();
    const effectiveRoles = ['admin'];
    accounts.records.set(account.id, {
      account: { ...account, roles: effectiveRoles, effectiveRoles },
      passwordHash: undefined,
    });
    const answer = await post('/account/deletion', { decision: 'delete' });
    expect(answer.status).toBe(422);
    expect(shownPage(answer).model['fault']).toBe('last_administrator');
    expect((await now()).deletionDueAt).toBeUndefined();
  });
});
