import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import type { ArtifactModel, ArtifactWrite } from '../../../src/domain/artifacts/artifact.js';
import type { ArtifactRevocation } from '../../../src/domain/artifacts/artifact-revocation.js';
import type {
  ArtifactChanges,
  ArtifactReplacement,
  ArtifactStore,
} from '../../../src/domain/artifacts/artifact-store.js';
import type { ArtifactPurge } from '../../../src/domain/artifacts/purge-artifacts.js';
import type { FakeClock } from '../../support/fake-clock.js';

type Subject = ArtifactStore & ArtifactPurge & ArtifactRevocation;

const NOTHING: ArtifactChanges = {
  consume: undefined,
  remove: [],
  revokeGrants: [],
  insert: [],
  replace: [],
  audit: [],
};
const TOLERANCE_SECONDS = 10;

/** What the suite is tried with: a store may keep some models in one place and some in another. */
export interface TriedModels {
  /** Hangs on nothing. */
  readonly plain: ArtifactModel;
  /** Is used up once. */
  readonly guard: ArtifactModel;
  /** Hangs on a grant. */
  readonly ofGrant: ArtifactModel;
  /** Is inserted once. */
  readonly unique: ArtifactModel;
  /** How many of a grant, what hangs on it, and a session a revocation removes at once; the rest is refused at its use. */
  readonly removedAtOnce: 2 | 3;
}

const MODELS: TriedModels = {
  plain: 'ClientCredentials',
  guard: 'DeviceCode',
  ofGrant: 'AccessToken',
  unique: 'ReplayDetection',
  removedAtOnce: 3,
};

let counter = 0;
/** An id that no other test uses: stores are shared within a suite. */
const fresh = (name: string): string => `${name}-${(counter += 1)}`;

/**
 * What every artifact store must do.
 * @param open gives the store, with a tolerance of 10 seconds, and the clock that it reads
 */
export function describeArtifactStore(
  open: () => { readonly store: Subject; readonly clock: FakeClock },
  { plain, guard, ofGrant, unique, removedAtOnce }: TriedModels = MODELS,
): void {
  const store = (): Subject => open().store;
  const inSeconds = (seconds: number): number => open().clock.epochSeconds() + seconds;

  const artifact = (model: ArtifactModel, id: string, more: Partial<ArtifactWrite> = {}): ArtifactWrite => ({
    model,
    id,
    payload: { jti: id, kind: model },
    expiresAt: inSeconds(60),
    ...more,
  });
  const insert = (...writes: ArtifactWrite[]) => store().commit({ ...NOTHING, insert: writes });
  const replacement = (
    write: ArtifactWrite,
    foundId: string,
    foundVersion?: number,
  ): ArtifactReplacement => ({
    ...write,
    foundId,
    foundVersion,
  });

  test('finds what was inserted, as a fresh object each time', async () => {
    const id = fresh('token');
    await insert(artifact(plain, id, { payload: { jti: id, scope: 'a b', deep: { list: [1] } } }));
    const first = await store().find({ model: plain, id });
    const second = await store().find({ model: plain, id });
    expect(first?.payload).toEqual({ jti: id, scope: 'a b', deep: { list: [1] } });
    expect(second).toEqual(first);
    expect(second?.payload).not.toBe(first?.payload);
  });

  test('does not find an id under another model', async () => {
    const id = fresh('token');
    await insert(artifact(plain, id));
    expect(await store().find({ model: 'RegistrationAccessToken', id })).toBeUndefined();
  });

  test.each(['a\0b', '', "' or 1=1 --", 'ü'.repeat(5000), '\ud800'])(
    'answers not found for %j',
    async (id) => {
      expect(await store().find({ model: plain, id })).toBeUndefined();
      expect(await store().findSessionByUid(id)).toBeUndefined();
      expect(await store().findDeviceCodeByUserCode(id)).toBeUndefined();
    },
  );

  test('keeps payloads with NUL bytes and lone surrogates apart from each other', async () => {
    const id = fresh('interaction');
    await insert(artifact('Interaction', id, { payload: { login_hint: 'a\0b' } }));
    expect((await store().find({ model: 'Interaction', id }))?.payload).toEqual({ login_hint: 'a\0b' });
  });

  test('replaces what is inserted under the same id', async () => {
    const id = fresh('token');
    await insert(artifact(plain, id, { payload: { scope: 'old' } }));
    await insert(artifact(plain, id, { payload: { scope: 'new' } }));
    expect((await store().find({ model: plain, id }))?.payload).toEqual({ scope: 'new' });
  });

  test('finds sessions by uid and device codes by user code', async () => {
    const session = fresh('session');
    const device = fresh('device');
    await insert(
      artifact('Session', session, { uid: `uid-${session}` }),
      artifact('DeviceCode', device, { userCode: `code-${device}` }),
    );
    expect((await store().findSessionByUid(`uid-${session}`))?.payload['jti']).toBe(session);
    expect((await store().findDeviceCodeByUserCode(`code-${device}`))?.payload['jti']).toBe(device);
  });

  test('brings the grant and the session along', async () => {
    const [grant, session, token] = [fresh('grant'), fresh('session'), fresh('token')];
    await insert(
      artifact('Grant', grant),
      artifact('Session', session, { uid: `uid-${session}` }),
      artifact(ofGrant, token, { grantId: grant, sessionUid: `uid-${session}` }),
    );
    const found = await store().find({ model: ofGrant, id: token });
    expect(found?.grant?.payload['jti']).toBe(grant);
    expect(found?.session?.payload['jti']).toBe(session);
  });

  test('does not find a token whose grant was removed', async () => {
    const [grant, token] = [fresh('grant'), fresh('token')];
    await insert(artifact('Grant', grant), artifact(ofGrant, token, { grantId: grant }));
    await store().commit({ ...NOTHING, remove: [{ model: 'Grant', id: grant }] });
    expect(await store().find({ model: ofGrant, id: token })).toBeUndefined();
  });

  test('finds what expired within the clock tolerance, and nothing older', async () => {
    const id = fresh('token');
    await insert(artifact(plain, id, { expiresAt: inSeconds(60) }));
    open().clock.advance(60 + TOLERANCE_SECONDS - 1);
    expect(await store().find({ model: plain, id })).toBeDefined();
    open().clock.advance(1);
    expect(await store().find({ model: plain, id })).toBeUndefined();
  });

  describe('consumption', () => {
    test('is seen until the artifact expires (RFC 6749 §4.1.2 needs it to recognise a replay)', async () => {
      const id = fresh('code');
      await insert(artifact(guard, id));
      await store().commit({ ...NOTHING, consume: { model: guard, id } });
      expect((await store().find({ model: guard, id }))?.consumedAt).toBe(inSeconds(0));
    });

    test('succeeds for one of many at once, and only that one writes', async () => {
      const code = fresh('code');
      await insert(artifact(guard, code));
      const tokens = Array.from({ length: 20 }, () => fresh('token'));
      const outcomes = await Promise.all(
        tokens.map((token) =>
          store().commit({
            ...NOTHING,
            consume: { model: guard, id: code },
            insert: [artifact(plain, token)],
          }),
        ),
      );
      const written = await Promise.all(tokens.map((id) => store().find({ model: plain, id })));
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect(written.map((found) => found !== undefined)).toEqual(
        outcomes.map(({ kind }) => kind === 'committed'),
      );
    });

    test('fails for what is not there', async () => {
      const outcome = await store().commit({
        ...NOTHING,
        consume: { model: guard, id: fresh('code') },
      });
      expect(outcome).toEqual({ kind: 'already_consumed' });
    });
  });

  describe('replacement', () => {
    test('changes what is there, and leaves that it was used up', async () => {
      const id = fresh('guard');
      await insert(artifact(guard, id, { payload: { n: 0 } }));
      await store().commit({ ...NOTHING, consume: { model: guard, id } });
      const before = await store().find({ model: guard, id });
      const late = replacement(artifact(guard, id, { payload: { n: 1 } }), id);
      await store().commit({ ...NOTHING, replace: [late] });
      const after = await store().find({ model: guard, id });
      expect(after).toMatchObject({ payload: { n: 1 }, consumedAt: before?.consumedAt });
      expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
    });

    test('of anything removed brings nothing back', async () => {
      const key = { model: plain, id: fresh('gone') };
      await insert(artifact(plain, key.id));
      await store().commit({ ...NOTHING, remove: [key] });
      const late = replacement(artifact(plain, key.id), key.id);
      expect(await store().commit({ ...NOTHING, replace: [late] })).toMatchObject({ outdated: [late] });
      expect(await store().find(key)).toBeUndefined();
    });

    test('of a session removed brings nothing back', async () => {
      const id = fresh('session');
      await insert(artifact('Session', id, { uid: `uid-${id}` }));
      await store().commit({ ...NOTHING, remove: [{ model: 'Session', id }] });
      const late = replacement(artifact('Session', id, { uid: `uid-${id}` }), id);
      expect(await store().commit({ ...NOTHING, replace: [late] })).toEqual({
        kind: 'committed',
        outdated: [late],
      });
      expect(await store().findSessionByUid(`uid-${id}`)).toBeUndefined();
    });

    test('of another version than the one found is refused', async () => {
      const id = fresh('session');
      await insert(artifact('Session', id, { uid: `uid-${id}`, payload: { n: 0 } }));
      const version = (await store().findSessionByUid(`uid-${id}`))?.version;
      const write = (n: number) =>
        replacement(artifact('Session', id, { uid: `uid-${id}`, payload: { n } }), id, version);
      const outcomes = await Promise.all(
        [1, 2, 3].map((n) => store().commit({ ...NOTHING, replace: [write(n)] })),
      );
      const applied = outcomes.flatMap((outcome, index) =>
        outcome.kind === 'committed' && outcome.outdated.length === 0 ? [index + 1] : [],
      );
      expect(applied).toHaveLength(1);
      expect((await store().findSessionByUid(`uid-${id}`))?.payload).toEqual({ n: applied[0] });
    });

    test('gives a session its new id, under which alone it is found', async () => {
      const [before, after] = [fresh('session'), fresh('session')];
      await insert(artifact('Session', before, { uid: `uid-${before}` }));
      await store().commit({
        ...NOTHING,
        replace: [replacement(artifact('Session', after, { uid: `uid-${before}` }), before, 1)],
      });
      expect(await store().find({ model: 'Session', id: before })).toBeUndefined();
      expect((await store().find({ model: 'Session', id: after }))?.payload['jti']).toBe(after);
    });
  });

  test('removes a session by its uid, whatever its id is by now', async () => {
    const [before, after] = [fresh('session'), fresh('session')];
    await insert(artifact('Session', after, { uid: `uid-${before}` }));
    await store().commit({ ...NOTHING, remove: [{ model: 'Session', id: before, uid: `uid-${before}` }] });
    expect(await store().find({ model: 'Session', id: after })).toBeUndefined();
  });

  test('writes nothing for those who come too late (RFC 6749 §4.1.2)', async () => {
    const [used, token, changed] = [fresh('guard'), fresh('token'), fresh('token')];
    await insert(artifact(guard, used), artifact(plain, changed, { payload: { n: 0 } }));
    await store().commit({ ...NOTHING, consume: { model: guard, id: used } });
    const outcome = await store().commit({
      ...NOTHING,
      consume: { model: guard, id: used },
      insert: [artifact(plain, token)],
      replace: [replacement(artifact(plain, changed, { payload: { n: 1 } }), changed)],
    });
    expect(outcome).toEqual({ kind: 'already_consumed' });
    expect(await store().find({ model: plain, id: token })).toBeUndefined();
    expect((await store().find({ model: plain, id: changed }))?.payload).toEqual({ n: 0 });
  });

  test('revokes what hangs on a grant and nothing else (RFC 7009 §2.1)', async () => {
    const [grant, other] = [fresh('grant'), fresh('grant')];
    const [revoked, kept] = [fresh('token'), fresh('token')];
    await insert(
      artifact('Grant', grant),
      artifact('Grant', other),
      artifact(ofGrant, revoked, { grantId: grant }),
      artifact(ofGrant, kept, { grantId: other }),
    );
    await store().commit({ ...NOTHING, revokeGrants: [grant] });
    expect(await store().find({ model: ofGrant, id: revoked })).toBeUndefined();
    expect(await store().find({ model: ofGrant, id: kept })).toBeDefined();
    expect(await store().find({ model: 'Grant', id: grant })).toBeDefined();
  });

  test('a unique artifact is inserted once, however many try (RFC 7523 §3)', async () => {
    const id = fresh('jti');
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => store().insertUnique(artifact(unique, id))),
    );
    expect(tries.filter(Boolean)).toHaveLength(1);
  });

  test('ends sessions, grants and tokens of an account and leaves those of others', async () => {
    const [grant, token, session, other] = [
      fresh('grant'),
      fresh('token'),
      fresh('session'),
      fresh('session'),
    ];
    const account = newAccountId(new Date());
    await insert(
      artifact('Grant', grant, { accountId: account }),
      artifact(ofGrant, token, { grantId: grant }),
      artifact('Session', session, { accountId: account, uid: `uid-${session}` }),
      artifact('Session', other, { accountId: newAccountId(new Date()), uid: `uid-${other}` }),
    );
    expect(await store().revokeAccount(account)).toBe(removedAtOnce);
    expect(await store().find({ model: ofGrant, id: token })).toBeUndefined();
    expect(await store().find({ model: 'Grant', id: grant })).toBeUndefined();
    expect(await store().findSessionByUid(`uid-${session}`)).toBeUndefined();
    expect(await store().findSessionByUid(`uid-${other}`)).toBeDefined();
  });

  test('ends grants and tokens of a client', async () => {
    const [grant, code, service] = [fresh('grant'), fresh('code'), fresh('token')];
    const client = fresh('client');
    await insert(
      artifact('Grant', grant, { clientId: client }),
      artifact('AuthorizationCode', code, { grantId: grant }),
      artifact('ClientCredentials', service, { clientId: client }),
    );
    expect(await store().revokeClient(client)).toBe(3);
    expect(await store().find({ model: 'ClientCredentials', id: service })).toBeUndefined();
  });

  test("ends everything of everybody, and neither what is nobody's yet nor what was used up", async () => {
    const [grant, token, session, service] = [
      fresh('grant'),
      fresh('token'),
      fresh('session'),
      fresh('token'),
    ];
    const [anonymous, used, pushed] = [fresh('session'), fresh('jti'), fresh('request')];
    await insert(
      artifact('Grant', grant, { accountId: newAccountId(new Date()), clientId: fresh('client') }),
      artifact(ofGrant, token, { grantId: grant }),
      artifact('Session', session, { accountId: newAccountId(new Date()), uid: `uid-${session}` }),
      artifact('ClientCredentials', service, { clientId: fresh('client') }),
      artifact('Session', anonymous, { uid: `uid-${anonymous}` }),
      artifact('ReplayDetection', used),
      artifact('PushedAuthorizationRequest', pushed),
    );
    expect(await store().revokeEverything()).toBeGreaterThanOrEqual(removedAtOnce + 1);
    const found = async (model: ArtifactModel, id: string) =>
      (await store().find({ model, id })) !== undefined;
    expect(await found(ofGrant, token)).toBe(false);
    expect(await found('Grant', grant)).toBe(false);
    expect(await found('ClientCredentials', service)).toBe(false);
    expect(await store().findSessionByUid(`uid-${session}`)).toBeUndefined();
    expect(await store().findSessionByUid(`uid-${anonymous}`)).toBeDefined();
    expect(await found('ReplayDetection', used)).toBe(true);
    expect(await found('PushedAuthorizationRequest', pushed)).toBe(true);
  });

  test('purges what expired, batch by batch, and neither live nor consumed ones', async () => {
    const [live, consumed] = [fresh('code'), fresh('code')];
    const expired = [fresh('old'), fresh('old'), fresh('old')];
    await insert(...expired.map((id) => artifact('ClientCredentials', id, { expiresAt: inSeconds(1) })));
    await insert(artifact('DeviceCode', live, { expiresAt: inSeconds(3600) }));
    await insert(artifact('DeviceCode', consumed, { expiresAt: inSeconds(3600) }));
    await store().commit({ ...NOTHING, consume: { model: 'DeviceCode', id: consumed } });
    open().clock.advance(TOLERANCE_SECONDS + 1);
    expect(await store().purgeExpired(2)).toBe(2);
    while ((await store().purgeExpired(100)) > 0);
    expect(await store().find({ model: 'DeviceCode', id: live })).toBeDefined();
    expect((await store().find({ model: 'DeviceCode', id: consumed }))?.consumedAt).toBeDefined();
    expect(await store().purgeExpired(100)).toBe(0);
  });
}
