import type { Client } from '../../src/domain/clients/client.js';
import { createClientAdapter } from '../../src/provider/client-adapter.js';
import { createClientCache } from '../../src/provider/client-cache.js';
import { toProviderMetadata, validateExtraClientMetadata } from '../../src/provider/client-metadata.js';
import { buildClient, buildSecret } from '../support/build-client.js';
import { plainHasher } from '../support/client-use-case-deps.js';
import { startClientProvider } from '../support/client-provider.js';
import { createFakeChangeFeed } from '../support/fake-change-feed.js';

/** A directory that answers when the test says so. */
function createSlowDirectory() {
  const waiting: ((client: Client | undefined) => void)[] = [];
  return {
    find: () => new Promise<Client | undefined>((resolve) => waiting.push(resolve)),
    get reads() {
      return waiting.length;
    },
    answer: (read: number, client: Client | undefined) => waiting[read]?.(client),
  };
}

describe('createClientCache', () => {
  const before = buildClient({ name: 'before' });
  const after = buildClient({ name: 'after' });

  it('reads a client once, also for those who ask meanwhile', async () => {
    const directory = createSlowDirectory();
    const cache = createClientCache(directory, createFakeChangeFeed());
    const both = Promise.all([cache.find('shop'), cache.find('shop')]);
    directory.answer(0, before);
    expect(await both).toEqual([before, before]);
    expect(await cache.find('shop')).toBe(before);
    expect(directory.reads).toBe(1);
  });

  it('reads again after a change, and only the client that changed', async () => {
    const found = new Map([
      ['a', buildClient({ clientId: 'a' })],
      ['b', buildClient({ clientId: 'b' })],
    ]);
    const reads: string[] = [];
    const changes = createFakeChangeFeed();
    const find = (id: string) => {
      reads.push(id);
      return Promise.resolve(found.get(id));
    };
    const cache = createClientCache({ find }, changes);
    for (const id of ['a', 'b']) await cache.find(id);
    found.set('a', buildClient({ clientId: 'a', name: 'after' }));
    changes.tell('a');
    expect((await cache.find('a'))?.name).toBe('after');
    await cache.find('b');
    expect(reads).toEqual(['a', 'b', 'a']);
  });

  it('does not remember what was being read while it changed', async () => {
    const directory = createSlowDirectory();
    const changes = createFakeChangeFeed();
    const cache = createClientCache(directory, changes);
    const stale = cache.find('shop');
    changes.tell('shop');
    const fresh = cache.find('shop');
    directory.answer(1, after);
    directory.answer(0, before);
    expect(await stale).toBe(before);
    expect(await fresh).toBe(after);
    expect(await cache.find('shop')).toBe(after);
    expect(directory.reads).toBe(2);
  });

  it('never remembers that a client is not there', async () => {
    const answers = [undefined, before];
    const cache = createClientCache({ find: () => Promise.resolve(answers.shift()) }, createFakeChangeFeed());
    expect(await cache.find('shop')).toBeUndefined();
    expect(await cache.find('shop')).toBe(before);
  });

  it('never remembers a failure', async () => {
    let fails = true;
    const find = () => (fails ? Promise.reject(new Error('no connection')) : Promise.resolve(before));
    const cache = createClientCache({ find }, createFakeChangeFeed());
    await expect(cache.find('shop')).rejects.toThrow('no connection');
    fails = false;
    expect(await cache.find('shop')).toBe(before);
  });

  it('is bypassed from a gap until changes are heard again', async () => {
    const changes = createFakeChangeFeed();
    let current = before;
    const cache = createClientCache({ find: () => Promise.resolve(current) }, changes);
    await cache.find('shop');
    changes.lose();
    current = after;
    expect(await cache.find('shop')).toBe(after);
    current = before;
    expect(await cache.find('shop')).toBe(before);
    changes.listening = true;
    expect(await cache.find('shop')).toBe(before);
    current = after;
    expect(await cache.find('shop')).toBe(before);
  });

  it('does not remember what was read across a gap', async () => {
    const directory = createSlowDirectory();
    const changes = createFakeChangeFeed();
    const cache = createClientCache(directory, changes);
    const stale = cache.find('shop');
    changes.lose();
    changes.listening = true;
    directory.answer(0, before);
    await stale;
    const fresh = cache.find('shop');
    directory.answer(1, after);
    expect(await fresh).toBe(after);
  });
});

describe('createClientAdapter', () => {
  const client = buildClient({ secrets: [buildSecret()], metadata: { default_max_age: 5 } });
  const adapter = createClientAdapter({ find: () => Promise.resolve(client) }, new Set(['openid']));

  it('gives equal metadata in equal order each time, as an object of its own', async () => {
    const [one, two] = [await adapter.find('shop'), await adapter.find('shop')];
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
    expect(one).not.toBe(two);
    const rotated = { ...client, secrets: [], updatedAt: new Date() };
    expect(JSON.stringify(toProviderMetadata(rotated, new Set(['openid'])))).toBe(JSON.stringify(one));
  });

  it('lets no metadata overrule what the client is', () => {
    const metadata = {
      client_id: 'evil',
      first_party: true,
      redirect_uris: ['https://evil.example/'],
      type: 'service',
    };
    expect(toProviderMetadata({ ...client, metadata }, new Set())).toMatchObject({
      client_id: 'shop',
      first_party: false,
      redirect_uris: ['https://shop.example.com/callback'],
      type: 'web',
    });
  });

  it('leaves out what is not offered any more, down to nothing (OAuth 2.0 Multiple Response Types §3)', async () => {
    const find = async (responseTypes: readonly string[]) => {
      const registered = buildClient({ metadata: { response_types: responseTypes } });
      const directory = { find: () => Promise.resolve(registered) };
      const library = await startClientProvider({
        ...directory,
        changes: createFakeChangeFeed(),
        clientSecretHasher: plainHasher,
        clock: { now: () => new Date() },
      });
      await library.close();
      const found = await createClientAdapter(directory, new Set(['openid'])).find('shop');
      // The library takes what is left for a client.
      expect(await library.provider.Client.find('shop')).toMatchObject({ clientId: 'shop' });
      return [found?.['response_types'], found?.['grant_types']];
    };
    expect(await find(['code', 'code id_token'])).toEqual([
      ['code'],
      ['authorization_code', 'refresh_token'],
    ]);
    expect(await find(['id_token'])).toEqual([[], []]);
  });

  it('refuses to write', async () => {
    await expect(adapter.upsert('shop', {})).rejects.toThrow('clients change through the use cases');
    await expect(adapter.destroy('shop')).rejects.toThrow('clients change through the use cases');
  });
});

describe('validateExtraClientMetadata (RFC 7591 §5)', () => {
  it('refuses them to a client that registers itself, and takes them from storage', () => {
    expect(() => validateExtraClientMetadata({}, 'first_party', true)).toThrow('invalid_client_metadata');
    expect(() => validateExtraClientMetadata({}, 'first_party', undefined)).not.toThrow();
    expect(() => validateExtraClientMetadata(undefined, 'first_party', true)).not.toThrow();
  });
});
