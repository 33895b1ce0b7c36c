import { NO_CLIENT_FEATURES } from '../../src/domain/clients/client-features.js';
import { createClientTerminal } from '../support/client-terminal.js';

const shop = ['create', '--name', 'Shop', '--type', 'web', '--client-id', 'shop'];
const shopUri = ['--redirect-uri', 'https://shop.example.com/cb'];

describe('client create', () => {
  it('prints client metadata with the secret as JSON', async () => {
    const { runJson, accepts } = createClientTerminal();
    const { code, json } = await runJson(
      ...shop,
      ...shopUri,
      ...['--redirect-uri', 'http://localhost:3001/cb'],
      ...['--post-logout-redirect-uri', 'https://shop.example.com/'],
      ...['--backchannel-logout-uri', 'https://shop.example.com/logout'],
      ...['--scope', 'openid  orders:read openid'],
      ...['--resource', 'https://api.example.com'],
      ...['--allowed-origin', 'https://shop.example.com'],
      '--first-party',
      ...['--metadata', '{"client_uri":"https://shop.example.com"}'],
    );
    expect(code).toBe(0);
    expect(json).toEqual({
      client_id: 'shop',
      client_secret: expect.stringMatching(/^lk_cs_/) as string,
      client_name: 'Shop',
      type: 'web',
      client_uri: 'https://shop.example.com',
      redirect_uris: ['https://shop.example.com/cb', 'http://localhost:3001/cb'],
      post_logout_redirect_uris: ['https://shop.example.com/'],
      backchannel_logout_uri: 'https://shop.example.com/logout',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid orders:read',
      resources: ['https://api.example.com'],
      allowed_origins: ['https://shop.example.com'],
      allowed_roles: [],
      allowed_groups: [],
      first_party: true,
      require_second_factor: false,
      require_verified_email: false,
      secrets: [
        { id: expect.any(String) as string, created_at: '2026-03-03T03:03:03.003Z', expires_at: null },
      ],
      source: 'database',
      self_registered: false,
      created_at: '2026-03-03T03:03:03.003Z',
      updated_at: '2026-03-03T03:03:03.003Z',
    });
    expect(await accepts('shop', json['client_secret'])).toBe(true);
  });

  it('tells a person the secret once, and to store it', async () => {
    const { run } = createClientTerminal();
    const { code, out } = await run(...shop, ...shopUri);
    expect(code).toBe(0);
    expect(out).toMatch(/Client secret: lk_cs_\S+\nStore it now: it is not shown again\.\n$/);
    const shown = await run('show', 'shop');
    expect(shown.out).toContain('https://shop.example.com/cb');
    expect(shown.out).not.toMatch(/lk_cs_|hash of/);
  });

  it('prints no secret where there is none', async () => {
    const { runJson } = createClientTerminal();
    const { json } = await runJson('create', '--name', 'App', '--type', 'spa', ...shopUri);
    expect(json).not.toHaveProperty('client_secret');
    expect(json['token_endpoint_auth_method']).toBe('none');
  });

  it('names every fault on a line of its own and exits with 1', async () => {
    const { run } = createClientTerminal();
    const { code, out, err } = await run(
      ...shop,
      '--redirect-uri',
      'http://shop.example.com/',
      '--scope',
      'nothing',
    );
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringContaining('redirect_uris/0') as string,
      expect.stringContaining('scope') as string,
    ]);
  });

  it.each([
    ['no name', ['create', '--type', 'web']],
    ['no type', ['create', '--name', 'A']],
    ['a type that does not exist', ['create', '--name', 'A', '--type', 'mobile']],
    ['metadata that is no JSON', [...shop, '--metadata', '{']],
    ['metadata that is no object', [...shop, '--metadata', '[1]']],
    ['an unknown option', [...shop, '--redirect-url', 'https://a.example/']],
    ['an unknown command', ['make']],
    ['an update of nothing', ['update', 'shop', '--json']],
    ['a rotation without a client', ['rotate-secret']],
    ['a grace that is no number', ['rotate-secret', 'shop', '--keep-old-for', '1h']],
  ])('exits with 2 for %s', async (_, args) => {
    const { code, out, err } = await createClientTerminal().run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: /);
  });
});

describe('client list and show', () => {
  it('list both stored and declared clients, without hashes', async () => {
    const { run, runJson } = createClientTerminal();
    await run(...shop, ...shopUri);
    const { json } = await runJson('list');
    expect(json).toMatchObject([
      { client_id: 'declared', source: 'configuration' },
      { client_id: 'shop', source: 'database' },
    ]);
    expect(JSON.stringify(json)).not.toMatch(/lk_cs_|hash/);
    const { out } = await run('list');
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect((await runJson('show', 'declared')).json).toMatchObject({ client_id: 'declared' });
  });

  it('exits with 1 for a client that is not there', async () => {
    const { runJson } = createClientTerminal();
    expect(await runJson('show', 'none')).toMatchObject({ code: 1, json: { error: { code: 'not_found' } } });
  });
});

describe('response types', () => {
  const offering = { ...NO_CLIENT_FEATURES, responseTypes: ['code id_token', 'id_token'] as const };

  it('are chosen one by one, shown, and taken away again', async () => {
    const { run, runJson } = createClientTerminal({ clientFeatures: offering });
    const chosen = ['--response-type', 'code', '--response-type', 'id_token code'];
    const { json } = await runJson(...shop, '--redirect-uri', 'https://shop.example.com/cb', ...chosen);
    expect(json).toMatchObject({
      response_types: ['code', 'code id_token'],
      grant_types: ['authorization_code', 'refresh_token', 'implicit'],
    });
    expect((await run('show', 'shop')).out).toMatch(/Response types +code, code id_token\n/);
    const taken = await runJson('update', 'shop', '--no-response-type');
    expect(taken.json).toMatchObject({
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect((await run('show', 'shop')).out).not.toContain('Response types');
  });

  it('are refused where they are not offered, with the setting that offers them', async () => {
    const { code, err } = await createClientTerminal().run(
      ...shop,
      ...shopUri,
      '--response-type',
      'id_token',
    );
    expect(code).toBe(1);
    expect(err).toContain('features.response_types of the configuration file');
  });
});

describe('client update', () => {
  it('replaces, adds and removes redirect URIs and takes things away', async () => {
    const { run, runJson } = createClientTerminal();
    await run(
      ...shop,
      ...shopUri,
      '--first-party',
      '--backchannel-logout-uri',
      'https://shop.example.com/logout',
    );
    const added = await runJson('update', 'shop', '--add-redirect-uri', 'https://shop.example.com/two');
    expect(added.json['redirect_uris']).toEqual([
      'https://shop.example.com/cb',
      'https://shop.example.com/two',
    ]);
    const removed = await runJson('update', 'shop', '--remove-redirect-uri', 'https://shop.example.com/cb');
    expect(removed.json['redirect_uris']).toEqual(['https://shop.example.com/two']);
    expect(removed.json).toMatchObject({
      first_party: true,
      backchannel_logout_uri: 'https://shop.example.com/logout',
    });
    const cleared = await runJson(
      'update',
      'shop',
      '--no-first-party',
      '--no-backchannel-logout-uri',
      '--name',
      'Store',
    );
    expect(cleared.json).toMatchObject({ first_party: false, client_name: 'Store' });
    expect(cleared.json).not.toHaveProperty('backchannel_logout_uri');
  });

  it('says who may sign in, and lets everybody in again', async () => {
    const { run, runJson } = createClientTerminal();
    const roles = ['--allow-role', 'staff', '--allow-role', 'support'];
    const created = await runJson(...shop, ...shopUri, ...roles);
    expect(created.json).toMatchObject({ allowed_roles: ['staff', 'support'], allowed_groups: [] });
    const updated = await runJson('update', 'shop', '--no-allow-role', '--allow-group', 'Help desk');
    expect(updated.json).toMatchObject({ allowed_roles: [], allowed_groups: ['Help desk'] });
    expect((await run('show', 'shop')).out).toMatch(/Allowed group +Help desk/);
    expect((await runJson('update', 'shop', '--no-allow-group')).json).toMatchObject({ allowed_groups: [] });
  });

  it('refuses a client of the configuration file', async () => {
    const { runJson } = createClientTerminal();
    expect(await runJson('update', 'declared', '--name', 'X')).toMatchObject({
      code: 1,
      json: { error: { code: 'declared_in_configuration' } },
    });
  });
});

describe('client rotate-secret and delete', () => {
  it('give a new secret and let the old one end when asked', async () => {
    const { deps, run, runJson, accepts } = createClientTerminal();
    const { json: created } = await runJson(...shop, ...shopUri);
    const { json: rotated } = await runJson('rotate-secret', 'shop', '--keep-old-for', '60');
    expect(rotated).toMatchObject({
      client_id: 'shop',
      earlier_secrets_expire_at: '2026-03-03T03:04:03.003Z',
    });
    expect(await accepts('shop', rotated['client_secret'])).toBe(true);
    expect(await accepts('shop', created['client_secret'])).toBe(true);
    deps.advanceSeconds(60);
    expect(await accepts('shop', created['client_secret'])).toBe(false);
    const { out } = await run('rotate-secret', 'shop');
    expect(out).toContain('Earlier secrets no longer work.');
    expect(await accepts('shop', rotated['client_secret'])).toBe(false);
  });

  it('delete a client with what it was issued', async () => {
    const { deps, run, runJson } = createClientTerminal();
    await run(...shop, ...shopUri);
    expect(await runJson('delete', 'shop')).toEqual({ code: 0, json: { client_id: 'shop', deleted: true } });
    expect(deps.revokedClients).toEqual(['shop']);
    expect((await run('delete', 'shop')).code).toBe(1);
  });
});
