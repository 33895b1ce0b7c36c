import { deleteClient } from '../../../src/domain/clients/delete-client.js';
import { matchesLiveSecret } from '../../../src/domain/clients/client-secret-hasher.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { rotateClientSecret } from '../../../src/domain/clients/rotate-client-secret.js';
import { updateClient } from '../../../src/domain/clients/update-client.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';

async function withShop() {
  const deps = createClientUseCaseDeps();
  const { client, secret = '' } = await registerClient(deps, {
    clientId: 'shop',
    name: 'Shop',
    type: 'web',
    redirectUris: ['https://shop.example.com/callback'],
    metadata: { client_uri: 'https://shop.example.com', default_max_age: 60 },
  });
  const accepts = async (presented: string) => {
    const secrets = (await deps.clients.find('shop'))?.secrets ?? [];
    return matchesLiveSecret(deps.clientSecretHasher, secrets, presented, deps.clock.now());
  };
  return { deps, client, secret, accepts };
}

describe('updateClient', () => {
  it('changes what is named and leaves the rest', async () => {
    const { deps, client } = await withShop();
    deps.advanceSeconds(60);
    const updated = await updateClient(deps, {
      clientId: 'shop',
      changes: {
        name: 'Store',
        backchannelLogoutUri: 'https://shop.example.com/logout',
        metadata: { default_max_age: null, logo_uri: 'https://shop.example.com/logo.png' },
      },
    });
    expect(updated).toEqual({
      ...client,
      name: 'Store',
      backchannelLogoutUri: 'https://shop.example.com/logout',
      metadata: { client_uri: 'https://shop.example.com', logo_uri: 'https://shop.example.com/logo.png' },
      updatedAt: deps.clock.now(),
    });
    expect(await deps.clients.find('shop')).toEqual(updated);
    const cleared = await updateClient(deps, { clientId: 'shop', changes: { backchannelLogoutUri: null } });
    expect(cleared.backchannelLogoutUri).toBeUndefined();
  });

  it('takes changes that follow from the client as it is', async () => {
    const { deps } = await withShop();
    const { redirectUris } = await updateClient(deps, {
      clientId: 'shop',
      changes: (before) => ({ redirectUris: [...before.redirectUris, 'https://shop.example.com/two'] }),
    });
    expect(redirectUris).toEqual(['https://shop.example.com/callback', 'https://shop.example.com/two']);
  });

  it('keeps a changed client to the rules of a new one, and writes nothing when it breaks them', async () => {
    const { deps, client } = await withShop();
    const changes = { redirectUris: ['http://shop.example.com/'], scopes: ['nothing'] };
    await expect(updateClient(deps, { clientId: 'shop', changes })).rejects.toMatchObject({
      code: 'invalid_input',
      faults: [{ code: 'redirect_uri_http' }, { code: 'scope_unknown' }],
    });
    expect(await deps.clients.find('shop')).toEqual(client);
  });

  it('ends the secrets of a client that stops using them, for good', async () => {
    const { deps, secret, accepts } = await withShop();
    const metadata = {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://shop.example.com/jwks',
    };
    await updateClient(deps, { clientId: 'shop', changes: { metadata } });
    await updateClient(deps, {
      clientId: 'shop',
      changes: { metadata: { token_endpoint_auth_method: null } },
    });
    expect(await accepts(secret)).toBe(false);
  });
});

describe('rotateClientSecret', () => {
  it('gives a new secret and ends the earlier one at once', async () => {
    const { deps, secret, accepts } = await withShop();
    const rotated = await rotateClientSecret(deps, { clientId: 'shop' });
    expect(rotated.secret).toMatch(/^lk_cs_/);
    expect(rotated.secret).not.toBe(secret);
    expect([await accepts(rotated.secret), await accepts(secret)]).toEqual([true, false]);
    expect(rotated.client.secrets).toHaveLength(2);
  });

  it('lets both live until the grace is over, to the millisecond', async () => {
    const { deps, secret, accepts } = await withShop();
    const rotated = await rotateClientSecret(deps, { clientId: 'shop', keepOldForSeconds: 3600 });
    expect(rotated.earlierSecretsExpireAt.getTime() - deps.clock.now().getTime()).toBe(3_600_000);
    deps.advanceSeconds(3599.999);
    expect([await accepts(rotated.secret), await accepts(secret)]).toEqual([true, true]);
    deps.advanceSeconds(0.001);
    expect([await accepts(rotated.secret), await accepts(secret)]).toEqual([true, false]);
  });

  it('never makes an earlier secret live longer, and forgets those that ended', async () => {
    const { deps, secret, accepts } = await withShop();
    await rotateClientSecret(deps, { clientId: 'shop', keepOldForSeconds: 60 });
    await rotateClientSecret(deps, { clientId: 'shop', keepOldForSeconds: 3600 });
    deps.advanceSeconds(60);
    expect(await accepts(secret)).toBe(false);
    const { client } = await rotateClientSecret(deps, { clientId: 'shop' });
    expect(client.secrets).toHaveLength(3);
  });

  it.each([-1, 1.5, Number.NaN, 7_776_001])('refuses a grace of %s seconds', async (keepOldForSeconds) => {
    const { deps } = await withShop();
    await expect(rotateClientSecret(deps, { clientId: 'shop', keepOldForSeconds })).rejects.toMatchObject({
      code: 'invalid_input',
      faults: [{ field: 'keep_old_for', code: 'out_of_range' }],
    });
  });

  it('refuses a client that has no secret', async () => {
    const { deps } = await withShop();
    await registerClient(deps, { clientId: 'tv', name: 'TV', type: 'device' });
    await expect(rotateClientSecret(deps, { clientId: 'tv' })).rejects.toMatchObject({
      faults: [{ code: 'client_without_secret' }],
    });
  });
});

describe('deleteClient', () => {
  it('deletes the client and ends what it was issued', async () => {
    const { deps } = await withShop();
    const consent = { scopes: [], claims: [], resourceScopes: {}, grantedAt: deps.clock.now() };
    await deps.consents.add({ ...consent, accountId: 'ada', clientId: 'shop' });
    await deps.consents.add({ ...consent, accountId: 'ada', clientId: 'other' });
    expect(await deleteClient(deps, 'shop')).toBe(7);
    expect(deps.revokedClients).toEqual(['shop']);
    expect(await deps.clients.find('shop')).toBeUndefined();
    expect(await deps.consents.find('ada', 'shop')).toBeUndefined();
    expect(await deps.consents.find('ada', 'other')).toBeDefined();
  });
});

describe('every change', () => {
  const changes = [
    ['updateClient', (deps: Deps, clientId: string) => updateClient(deps, { clientId, changes: {} })],
    ['rotateClientSecret', (deps: Deps, clientId: string) => rotateClientSecret(deps, { clientId })],
    ['deleteClient', (deps: Deps, clientId: string) => deleteClient(deps, clientId)],
  ] as const;
  type Deps = ReturnType<typeof createClientUseCaseDeps>;

  it.each(changes)('%s refuses a client of the configuration file', async (_, change) => {
    await expect(change(createClientUseCaseDeps(), 'declared')).rejects.toMatchObject({
      code: 'declared_in_configuration',
    });
  });

  it.each(changes)('%s refuses a client that is not there', async (_, change) => {
    await expect(change(createClientUseCaseDeps(), 'none')).rejects.toMatchObject({ code: 'not_found' });
  });
});
