import { errors } from 'oidc-provider';
import { ArtifactAdapter } from '../../src/provider/artifact-adapter.js';
import { ArtifactUnits } from '../../src/provider/artifact-units.js';
import { tokenLength } from '../../src/provider/token-lengths.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createInMemoryArtifactStore } from '../support/in-memory-artifact-store.js';

describe('the adapter of the protocol library', () => {
  const clock = createFakeClock();
  const store = createInMemoryArtifactStore(clock);
  const units = new ArtifactUnits(store);
  const codes = new ArtifactAdapter('AuthorizationCode', { units, clock });
  const grants = new ArtifactAdapter('Grant', { units, clock });
  let counter = 0;
  const codeId = (): string => String((counter += 1)).padStart(tokenLength('AuthorizationCode'), 'c');

  const storedCode = async (): Promise<string> => {
    const id = codeId();
    await grants.upsert(`g-${id}`, { jti: `g-${id}` }, 600);
    await codes.upsert(id, { jti: id, grantId: `g-${id}` }, 600);
    return id;
  };

  test('outside a request changes are made at once', async () => {
    const id = await storedCode();
    expect(await codes.find(id)).toEqual({ jti: id, grantId: `g-${id}` });
    await codes.destroy(id);
    expect(await codes.find(id)).toBeUndefined();
  });

  test('within a request they wait for its end', async () => {
    const id = await storedCode();
    await units.run(async (unit) => {
      await codes.destroy(id);
      expect(await codes.find(id)).toBeUndefined();
      expect(await store.find({ model: 'AuthorizationCode', id })).toBeDefined();
      await unit.commit();
    });
    expect(await store.find({ model: 'AuthorizationCode', id })).toBeUndefined();
  });

  test('a second use is invalid_grant (RFC 6749 §4.1.2)', async () => {
    const id = await storedCode();
    await codes.consume(id);
    await expect(codes.consume(id)).rejects.toThrow(errors.InvalidGrant);
  });

  test('a code used at the same time elsewhere looks unused, so that the winner is not punished', async () => {
    const id = await storedCode();
    await codes.consume(id);
    clock.advance(9);
    expect(await codes.find(id)).not.toHaveProperty('consumed');
    await units.run(async () => {
      await codes.find(id);
      await expect(codes.consume(id)).rejects.toThrow(errors.InvalidGrant);
    });
  });

  test('a code that comes again later is told to be consumed, so that the library revokes (RFC 9700 §4.14.2)', async () => {
    const id = await storedCode();
    const usedAt = clock.epochSeconds();
    await codes.consume(id);
    clock.advance(10);
    expect(await codes.find(id)).toMatchObject({ consumed: usedAt });
  });

  test('a value of another length is not looked up', async () => {
    const refusing = new ArtifactUnits({ ...store, find: () => Promise.reject(new Error('looked up')) });
    const adapter = new ArtifactAdapter('AccessToken', { units: refusing, clock });
    expect(await adapter.find('x'.repeat(tokenLength('AccessToken') + 1))).toBeUndefined();
    expect(await adapter.find('')).toBeUndefined();
    await expect(adapter.find('x'.repeat(tokenLength('AccessToken')))).rejects.toThrow('looked up');
  });

  test('a replayed jti is refused at once (RFC 7523 §3)', async () => {
    const replays = new ArtifactAdapter('ReplayDetection', { units, clock });
    await replays.upsert('jti', { jti: 'jti', iss: 'client' }, 60);
    await expect(replays.upsert('jti', { jti: 'jti', iss: 'client' }, 60)).rejects.toThrow(
      errors.InvalidRequest,
    );
  });

  test('finds sessions by uid and device codes by user code', async () => {
    const sessions = new ArtifactAdapter('Session', { units, clock });
    const devices = new ArtifactAdapter('DeviceCode', { units, clock });
    await sessions.upsert('s', { jti: 's', uid: 'u', accountId: 'ada' }, 60);
    await devices.upsert('d', { jti: 'd', userCode: 'WDJBMJHT' }, 60);
    expect(await sessions.findByUid('u')).toMatchObject({ jti: 's' });
    expect(await devices.findByUserCode('WDJBMJHT')).toMatchObject({ jti: 'd' });
    expect(await store.revokeAccount('ada')).toBe(1);
    expect(await sessions.findByUid('u')).toBeUndefined();
  });

  test('takes down with a session which browser used it, and nothing more within minutes', async () => {
    const sessions = new ArtifactAdapter('Session', { units, clock });
    const origin = { actor: { kind: 'anonymous' }, address: '203.0.113.7', userAgent: 'Firefox' } as const;
    const id = 's'.repeat(tokenLength('Session'));
    const use = (from: Partial<typeof origin> | { userAgent: string } = {}) =>
      units.run(
        async (unit) => {
          const { device: _ours, ...session } = (await sessions.find(id)) ?? { jti: id, uid: 'u' };
          await sessions.upsert(id, session, 6_000);
          await unit.commit();
        },
        { ...origin, ...from },
      );
    const device = async () => (await sessions.find(id))?.device;
    const first = clock.epochSeconds();
    await use();
    expect(await device()).toEqual({ userAgent: 'Firefox', network: '203.0.0.0/16', seenAt: first });
    clock.advance(200);
    await use();
    expect(await device()).toMatchObject({ seenAt: first });
    clock.advance(100);
    await use();
    expect(await device()).toMatchObject({ seenAt: first + 300 });
    clock.advance(1);
    await use({ userAgent: 'Chromium' });
    expect(await device()).toMatchObject({ userAgent: 'Chromium', seenAt: first + 301 });
  });
});
