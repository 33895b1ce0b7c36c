import { createClientDirectory } from '../../../src/domain/clients/client-directory.js';
import { declaredClients } from '../../../src/domain/clients/declared-clients.js';
import { buildClient } from '../../support/build-client.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { createInMemoryClientStore } from '../../support/in-memory-client-store.js';

const secret = 'a-secret-of-the-operator-that-is-long-enough';

describe('declaredClients', () => {
  it('turns declarations into clients with the same defaults, holding hashes only', () => {
    const clients = declaredClients(createClientUseCaseDeps(), [
      { clientId: 'z', type: 'spa', redirectUris: ['https://z.example/'] },
      { clientId: 'a', redirectUris: ['https://a.example/'], clientSecrets: [secret, `${secret}2`] },
    ]);
    expect(clients).toMatchObject([
      {
        clientId: 'a',
        name: 'a',
        type: 'web',
        source: 'configuration',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        secrets: [{ hash: `hash of ${secret}` }, { hash: `hash of ${secret}2` }],
      },
      { clientId: 'z', type: 'spa', secrets: [] },
    ]);
    expect(clients[0]).not.toHaveProperty('clientSecrets');
  });

  it('names the faults of all declarations at once, and no secret', () => {
    const declare = () =>
      declaredClients(createClientUseCaseDeps(), [
        { clientId: 'a', redirectUris: ['http://a.example/'], clientSecrets: ['short'] },
        { clientId: 'b', redirectUris: ['https://b.example/'] },
        { clientId: 'b', type: 'spa', redirectUris: ['https://b.example/'], clientSecrets: [secret] },
        { clientId: 'c', type: 'service', clientSecrets: [`${secret} with spaces`] },
      ]);
    expect(caught(declare)).toMatchObject({
      code: 'invalid_input',
      faults: [
        { field: 'clients/a/redirect_uris/0', code: 'redirect_uri_http' },
        { field: 'clients/a/client_secrets/0', code: 'client_secret_weak' },
        { field: 'clients/b/client_secrets', code: 'client_secret_missing' },
        { field: 'clients/b/client_id', code: 'repeated' },
        { field: 'clients/b/client_secrets', code: 'client_secret_not_used' },
        { field: 'clients/c/client_secrets/0', code: 'client_secret_weak' },
      ],
    });
    expect(declare).not.toThrow(/short|with spaces/);
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('createClientDirectory', () => {
  const declared = ['b', 'd', 'f'].map((clientId) =>
    buildClient({ clientId, name: 'file', source: 'configuration' }),
  );
  const stored = ['a', 'b', 'c', 'e', 'g'].map((clientId) => buildClient({ clientId, name: 'database' }));
  const directory = createClientDirectory(declared, createInMemoryClientStore(stored));

  it('finds declared clients before stored ones', async () => {
    expect((await directory.find('b'))?.name).toBe('file');
    expect((await directory.find('a'))?.name).toBe('database');
    expect(await directory.find('x')).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 6, 7, 8, 200])(
    'lists all of them in order, each once, in pages of %s',
    async (limit) => {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await directory.list({ limit, ...(after === undefined ? {} : { after }) });
        expect(page.clients.length).toBeLessThanOrEqual(limit);
        expect(page.clients.length).toBeGreaterThan(0);
        seen.push(...page.clients.map((client) => `${client.clientId} ${client.name}`));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual([
        'a database',
        'b file',
        'c database',
        'd file',
        'e database',
        'f file',
        'g database',
      ]);
    },
  );

  it('has no clients when there are none', async () => {
    const empty = createClientDirectory([], createInMemoryClientStore());
    expect(await empty.list({ limit: 10 })).toEqual({ clients: [], next: undefined });
  });
});
