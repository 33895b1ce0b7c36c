import type { ClientStore } from '../../../src/domain/clients/client-store.js';
import { buildClient, buildSecret } from '../../support/build-client.js';

/**
 * What every client store must do.
 * @param createStore makes an empty one before each test
 */
export function describeClientStore(name: string, createStore: () => Promise<ClientStore>): void {
  describe(`client store: ${name}`, () => {
    let store: ClientStore;
    beforeEach(async () => {
      store = await createStore();
    });

    const full = buildClient({
      clientId: 'full',
      name: 'Bücher & “Co”',
      type: 'native',
      redirectUris: ['com.example.app:/callback', 'http://127.0.0.1/cb?a={b},"c"'],
      postLogoutRedirectUris: ['com.example.app:/bye'],
      backchannelLogoutUri: 'https://app.example.com/logout',
      resources: ['https://api.example.com/'],
      allowedOrigins: ['https://app.example.com'],
      firstParty: true,
      requireSecondFactor: true,
      metadata: { contacts: ['a@example.com'], default_max_age: 0, jwks: { keys: [{ kty: 'OKP' }] } },
      secrets: [
        buildSecret({ id: 's1' }),
        buildSecret({
          id: 's2',
          createdAt: new Date('2026-02-01T00:00:00.001Z'),
          expiresAt: new Date('2026-03-01T00:00:00.001Z'),
        }),
      ],
    });

    it('gives back all that was inserted', async () => {
      await store.insert(full);
      await store.insert(buildClient());
      expect(await store.find('full')).toEqual(full);
      expect(await store.findForUpdate('full')).toEqual(full);
      expect(await store.find('shop')).toEqual(buildClient());
    });

    it.each(['none', '', 'a\0b', 'x'.repeat(10_000), "' or true --", 'FULL'])(
      'finds no client %j',
      async (id) => {
        await store.insert(full);
        expect(await store.find(id)).toBeUndefined();
        expect(await store.findForUpdate(id)).toBeUndefined();
      },
    );

    it('refuses an id that is taken and keeps what was there', async () => {
      await store.insert(buildClient());
      await expect(store.insert(buildClient({ name: 'Other' }))).rejects.toMatchObject({
        code: 'already_exists',
        faults: [{ field: 'client_id', code: 'taken' }],
      });
      expect((await store.find('shop'))?.name).toBe('Shop');
    });

    it('updates everything but the secrets and the time of creation', async () => {
      const secrets = [buildSecret()];
      await store.insert(buildClient({ secrets }));
      const changed = { ...full, clientId: 'shop', updatedAt: new Date('2026-05-05T05:05:05.005Z') };
      await store.update({ ...changed, secrets: [], createdAt: new Date(0) });
      expect(await store.find('shop')).toEqual({ ...changed, secrets, createdAt: buildClient().createdAt });
    });

    it('refuses to update a client that is not there', async () => {
      await expect(store.update(buildClient())).rejects.toMatchObject({ code: 'not_found' });
    });

    it('removes a client once, with its secrets', async () => {
      await store.insert(buildClient({ secrets: [buildSecret()] }));
      expect(await store.remove('shop')).toBe(true);
      expect(await store.remove('shop')).toBe(false);
      await store.insert(buildClient());
      expect((await store.find('shop'))?.secrets).toEqual([]);
    });

    it('lists page by page, in the order of code units, without a gap or a repetition', async () => {
      const ids = ['a', 'A', 'b-1', 'b_1', 'Z', '1', 'é'.normalize('NFD'), 'b.1'];
      for (const clientId of ids) await store.insert(buildClient({ clientId }));
      const seen: string[] = [];
      const sizes: number[] = [];
      let after: string | undefined;
      do {
        const page = await store.list({ limit: 3, ...(after === undefined ? {} : { after }) });
        seen.push(...page.clients.map(({ clientId }) => clientId));
        sizes.push(page.clients.length);
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual([...ids].sort());
      expect(sizes).toEqual([3, 3, 2]);
    });

    it('says that a page is the last one when it is exactly full', async () => {
      for (const clientId of ['a', 'b']) await store.insert(buildClient({ clientId }));
      const page = await store.list({ limit: 2 });
      expect(page).toMatchObject({ clients: [{ clientId: 'a' }, { clientId: 'b' }], next: undefined });
    });

    it('adds a secret and counts it as a change of the client', async () => {
      await store.insert(buildClient({ secrets: [buildSecret()] }));
      const added = buildSecret({ id: 'secret-2', createdAt: new Date('2026-04-04T04:04:04.004Z') });
      await store.addSecret('shop', added);
      expect(await store.find('shop')).toMatchObject({
        secrets: [buildSecret(), added],
        updatedAt: added.createdAt,
      });
      await expect(store.addSecret('none', buildSecret({ id: 's' }))).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    it('lets the other secrets end, but none of them later than it did', async () => {
      const early = new Date('2026-06-01T00:00:00Z');
      const end = new Date('2026-07-01T00:00:00Z');
      const late = new Date('2026-08-01T00:00:00Z');
      const secrets = [
        buildSecret({ id: 'kept' }),
        buildSecret({ id: 'endless' }),
        buildSecret({ id: 'late', expiresAt: late }),
        buildSecret({ id: 'early', expiresAt: early }),
      ];
      await store.insert(buildClient({ secrets }));
      await store.insert(buildClient({ clientId: 'bystander', secrets: [buildSecret({ id: 'b' })] }));
      await store.expireSecrets('shop', end, 'kept');
      const ends = Object.fromEntries(
        ((await store.find('shop'))?.secrets ?? []).map(({ id, expiresAt }) => [id, expiresAt]),
      );
      expect(ends).toEqual({ kept: undefined, endless: end, late: end, early });
      expect((await store.find('bystander'))?.secrets[0]?.expiresAt).toBeUndefined();
    });

    it('lets every secret end when none is excepted', async () => {
      await store.insert(buildClient({ secrets: [buildSecret({ id: 'a' }), buildSecret({ id: 'b' })] }));
      const end = new Date('2026-07-01T00:00:00Z');
      await store.expireSecrets('shop', end);
      expect((await store.find('shop'))?.secrets.map(({ expiresAt }) => expiresAt)).toEqual([end, end]);
    });

    it('removes one secret, and says when there is none of that id', async () => {
      await store.insert(buildClient({ secrets: [buildSecret({ id: 'a' }), buildSecret({ id: 'b' })] }));
      expect(await store.removeSecret('shop', 'a')).toBe(true);
      expect(await store.removeSecret('shop', 'a')).toBe(false);
      expect(await store.removeSecret('other', 'b')).toBe(false);
      expect((await store.find('shop'))?.secrets.map(({ id }) => id)).toEqual(['b']);
    });

    it('forgets secrets that have ended, and no others', async () => {
      const at = new Date('2026-07-01T00:00:00Z');
      const secrets = [
        buildSecret({ id: 'endless' }),
        buildSecret({ id: 'ended', expiresAt: at }),
        buildSecret({ id: 'ending', expiresAt: new Date(at.getTime() + 1) }),
      ];
      await store.insert(buildClient({ secrets }));
      await store.removeExpiredSecrets('shop', at);
      expect((await store.find('shop'))?.secrets.map(({ id }) => id).sort()).toEqual(['ending', 'endless']);
    });
  });
}
