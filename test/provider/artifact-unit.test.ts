import type { ArtifactWrite } from '../../src/domain/artifacts/artifact.js';
import type { AttributedEntry, AuditOrigin } from '../../src/domain/audit/audit-event.js';
import type { JsonObject } from '../../src/domain/json.js';
import { ArtifactUnit } from '../../src/provider/artifact-unit.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createInMemoryArtifactStore } from '../support/in-memory-artifact-store.js';

describe('a unit of work', () => {
  const clock = createFakeClock();
  let store: ReturnType<typeof createInMemoryArtifactStore>;
  beforeEach(() => {
    store = createInMemoryArtifactStore(clock);
  });

  const token = (id: string, grantId?: string): ArtifactWrite => ({
    model: 'RefreshToken',
    id,
    payload: { jti: id },
    expiresAt: clock.epochSeconds() + 60,
    grantId,
  });
  const session = (id: string, payload: JsonObject = {}): ArtifactWrite => ({
    model: 'Session',
    id,
    payload: { jti: id, uid: 'u', exp: 1_000, ...payload },
    expiresAt: clock.epochSeconds() + 60,
    uid: 'u',
  });
  const committed = async (...writes: ArtifactWrite[]): Promise<void> => {
    const unit = new ArtifactUnit(store);
    for (const write of writes) unit.upsert(write);
    expect(await unit.commit()).toBe(true);
  };
  const openWith = async (id: string): Promise<ArtifactUnit> => {
    const unit = new ArtifactUnit(store);
    expect(await unit.find({ model: 'Session', id })).toBeDefined();
    return unit;
  };

  test('sees its own changes, and nobody else does before it commits', async () => {
    const unit = new ArtifactUnit(store);
    unit.upsert(token('a'));
    expect((await unit.find({ model: 'RefreshToken', id: 'a' }))?.payload).toEqual({ jti: 'a' });
    expect(await store.find({ model: 'RefreshToken', id: 'a' })).toBeUndefined();
    unit.remove({ model: 'RefreshToken', id: 'a' });
    expect(await unit.find({ model: 'RefreshToken', id: 'a' })).toBeUndefined();
  });

  test('asks once for an interaction and its session, and answers a fresh one each time', async () => {
    await committed(session('s'), {
      model: 'Interaction',
      id: 'i',
      payload: { jti: 'i', result: {} },
      expiresAt: clock.epochSeconds() + 60,
      sessionUid: 'u',
    });
    let asked = 0;
    const find: typeof store.find = (key) => {
      asked += 1;
      return store.find(key);
    };
    const findSessionByUid = () => Promise.reject(new Error('the session came with the interaction'));
    const unit = new ArtifactUnit({ ...store, find, findSessionByUid });
    for (let times = 0; times < 3; times += 1) {
      const found = await unit.find({ model: 'Interaction', id: 'i' });
      expect(found?.payload).toEqual({ jti: 'i', result: {} });
      Object.assign(found?.payload ?? {}, { result: 'changed in place' });
      const itsSession = await unit.findSessionByUid('u');
      expect(itsSession?.payload).toEqual({ jti: 's', uid: 'u', exp: 1_000 });
      Object.assign(itsSession?.payload ?? {}, { exp: 0 });
    }
    expect(asked).toBe(1);
    unit.remove({ model: 'Session', id: 's' });
    expect(await unit.findSessionByUid('u')).toBeUndefined();
  });

  test('that is thrown away leaves nothing (reliability: a 5xx rolls back)', async () => {
    await committed(token('a'));
    const unit = new ArtifactUnit(store);
    unit.consume({ model: 'RefreshToken', id: 'a' });
    unit.upsert(token('b'));
    expect((await store.find({ model: 'RefreshToken', id: 'a' }))?.consumedAt).toBeUndefined();
    expect(await store.find({ model: 'RefreshToken', id: 'b' })).toBeUndefined();
  });

  test('writes new tokens only when it won the use of the old one (RFC 6749 §4.1.2)', async () => {
    await committed(token('old'));
    const units = ['new-1', 'new-2'].map((id) => {
      const unit = new ArtifactUnit(store);
      unit.consume({ model: 'RefreshToken', id: 'old' });
      unit.upsert(token(id));
      return unit;
    });
    expect(await Promise.all(units.map((unit) => unit.commit()))).toEqual([true, false]);
    expect(await store.find({ model: 'RefreshToken', id: 'new-1' })).toBeDefined();
    expect(await store.find({ model: 'RefreshToken', id: 'new-2' })).toBeUndefined();
  });

  test('refuses to use up two artifacts, which it could not do as one', () => {
    const unit = new ArtifactUnit(store);
    unit.consume({ model: 'RefreshToken', id: 'a' });
    expect(() => {
      unit.consume({ model: 'RefreshToken', id: 'b' });
    }).toThrow();
  });

  test('revokes pending tokens of a grant with the stored ones', async () => {
    await committed({ ...token('g'), model: 'Grant' }, token('stored', 'g'));
    const unit = new ArtifactUnit(store);
    unit.upsert(token('pending', 'g'));
    unit.revokeGrant('g');
    expect(await unit.commit()).toBe(true);
    expect(await store.find({ model: 'RefreshToken', id: 'stored' })).toBeUndefined();
    expect(await store.find({ model: 'RefreshToken', id: 'pending' })).toBeUndefined();
  });

  describe('of a session', () => {
    test('gives it a new id and keeps it one session', async () => {
      await committed(session('before'));
      const unit = await openWith('before');
      unit.remove({ model: 'Session', id: 'before' });
      unit.upsert(session('after'));
      expect(await unit.commit()).toBe(true);
      expect(await store.find({ model: 'Session', id: 'before' })).toBeUndefined();
      expect((await store.findSessionByUid('u'))?.payload['jti']).toBe('after');
    });

    test('that was ended meanwhile does not bring it back (logout ∥ authorize)', async () => {
      await committed(session('s'));
      const late = await openWith('s');
      late.upsert(session('s', { authorizations: { shop: { sid: '1' } } }));
      const logout = await openWith('s');
      logout.remove({ model: 'Session', id: 's' });
      await logout.commit();
      expect(await late.commit()).toBe(true);
      expect(await store.findSessionByUid('u')).toBeUndefined();
    });

    test('ends it even when another request gave it a new id meanwhile', async () => {
      await committed(session('s'));
      const logout = await openWith('s');
      logout.remove({ model: 'Session', id: 's' });
      const rotation = await openWith('s');
      rotation.upsert(session('rotated'));
      await rotation.commit();
      await logout.commit();
      expect(await store.findSessionByUid('u')).toBeUndefined();
    });

    test('keeps what parallel requests authorized', async () => {
      await committed(session('s', { accountId: 'ada' }));
      const clients = ['a', 'b', 'c', 'd'];
      const units = await Promise.all(clients.map(() => openWith('s')));
      units.forEach((unit, index) => {
        const name = clients[index] ?? '';
        unit.upsert(session(`s-${name}`, { accountId: 'ada', authorizations: { [name]: { sid: name } } }));
      });
      await Promise.all(units.map((unit) => unit.commit()));
      const { payload } = (await store.findSessionByUid('u')) ?? {};
      expect(payload?.['accountId']).toBe('ada');
      expect(payload?.['authorizations']).toEqual({
        a: { sid: 'a' },
        b: { sid: 'b' },
        c: { sid: 'c' },
        d: { sid: 'd' },
      });
    });

    test('is not written when only its expiry moved by less than a minute', async () => {
      await committed(session('s', { exp: 1_000 }));
      const before = (await store.findSessionByUid('u'))?.version;
      const unit = await openWith('s');
      unit.upsert(session('s', { exp: 1_059 }));
      await unit.commit();
      expect((await store.findSessionByUid('u'))?.version).toBe(before);
      const later = await openWith('s');
      later.upsert(session('s', { exp: 1_060 }));
      await later.commit();
      expect((await store.findSessionByUid('u'))?.payload['exp']).toBe(1_060);
    });

    test('is answered from the lookup of the token that is bound to it', async () => {
      await committed(session('s'), { ...token('t'), sessionUid: 'u' });
      let lookups = 0;
      const counting = {
        ...store,
        findSessionByUid: () => Promise.reject(new Error(`lookup ${(lookups += 1)}`)),
      };
      const unit = new ArtifactUnit(counting);
      await unit.find({ model: 'RefreshToken', id: 't' });
      expect((await unit.findSessionByUid('u'))?.payload['jti']).toBe('s');
      expect(lookups).toBe(0);
    });
  });

  test('hands on what the audit log shall tell, with its origin, and only when it commits', async () => {
    const audited: AttributedEntry[] = [];
    const origin: AuditOrigin = { actor: { kind: 'anonymous' }, requestId: 'r-1' };
    const audits = createInMemoryArtifactStore(clock, 10, audited);
    const thrownAway = new ArtifactUnit(audits, origin);
    thrownAway.record({ type: 'token.revoked' });
    const unit = new ArtifactUnit(audits, origin);
    unit.record({ type: 'session.ended' });
    expect(audited).toEqual([]);
    await unit.commit();
    expect(audited).toEqual([{ origin, entry: { type: 'session.ended' } }]);
  });

  test('tells what it has read of an artifact, also after it has removed it', async () => {
    await committed(token('a'));
    const unit = new ArtifactUnit(store);
    await unit.find({ model: 'RefreshToken', id: 'a' });
    unit.remove({ model: 'RefreshToken', id: 'a' });
    expect(unit.seen({ model: 'RefreshToken', id: 'a' })).toEqual({ jti: 'a' });
    expect(unit.seen({ model: 'RefreshToken', id: 'b' })).toBeUndefined();
  });
});
