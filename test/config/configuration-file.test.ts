import { SECRET, faultsOf, faultsOfFileText, read, readFileText } from './sources.js';

const at = (text: string) => faultsOfFileText(text).map((fault) => fault.setting);

describe('the configuration file', () => {
  test('is read as YAML and as JSON, whatever its name', () => {
    const expected = { clientId: 'shop', scopes: ['openid', 'email'] };
    expect(readFileText('clients:\n  - client_id: shop\n    scope: openid email\n').clients).toMatchObject([
      expected,
    ]);
    expect(
      readFileText('{\n\t"clients": [{ "client_id": "shop", "scope": "openid email" }]\n}').clients,
    ).toMatchObject([expected]);
  });

  test.each(['', '# only a comment\n', '{}', 'clients:\nscopes:\nbranding:\nlifetimes:\n'])(
    '%j says nothing: the defaults hold',
    (text) => {
      expect(readFileText(text)).toEqual(read({}));
    },
  );

  test('maps every key of a client', () => {
    const text = `
clients:
  - client_id: shop
    name: Shop
    type: web
    redirect_uris: [https://shop.example.com/cb]
    post_logout_redirect_uris: [https://shop.example.com/]
    backchannel_logout_uri: https://shop.example.com/bye
    scope: openid profile
    resources: [https://api.example.com]
    allowed_origins: [https://shop.example.com]
    allowed_roles: [staff]
    allowed_groups: [Help desk]
    first_party: true
    client_secrets: [one, two]
    metadata: { client_uri: https://shop.example.com, default_max_age: 60, nested: { list: [1, null, true] } }
`;
    expect(readFileText(text).clients).toEqual([
      {
        clientId: 'shop',
        name: 'Shop',
        type: 'web',
        redirectUris: ['https://shop.example.com/cb'],
        postLogoutRedirectUris: ['https://shop.example.com/'],
        backchannelLogoutUri: 'https://shop.example.com/bye',
        scopes: ['openid', 'profile'],
        resources: ['https://api.example.com'],
        allowedOrigins: ['https://shop.example.com'],
        allowedRoles: ['staff'],
        allowedGroups: ['Help desk'],
        firstParty: true,
        clientSecrets: ['one', 'two'],
        metadata: {
          client_uri: 'https://shop.example.com',
          default_max_age: 60,
          nested: { list: [1, null, true] },
        },
      },
    ]);
  });

  test('maps everything else', () => {
    const text = `
scopes: [{ name: 'invoices:read', description: see your invoices, claims: [department] }]
resources:
  - { identifier: https://a.example.com, scopes: ['invoices:read'] }
  - { identifier: 'urn:b', name: B, access_token_format: opaque, introspection_clients: [api-b], signing_algorithm: ES256 }
  - { identifier: 'urn:c', access_token_lifetime_seconds: 120 }
branding: { name: Acme, accent: '#1D4ED8', help_url: 'mailto:help@example.com', privacy_url: https://e.com/p, terms_url: https://e.com/t }
features: { device_flow: false, introspection: false, revocation: false, client_credentials: false }
lifetimes: { access_token_seconds: 240, session_seconds: 60 }
password_policy: { min_length: 8 }
`;
    const config = readFileText(text);
    expect(config.scopes).toEqual([
      { name: 'invoices:read', description: 'see your invoices', claims: ['department'] },
    ]);
    expect(config.resources).toEqual([
      {
        identifier: 'https://a.example.com',
        name: 'https://a.example.com',
        scopes: ['invoices:read'],
        accessTokenFormat: 'jwt',
        accessTokenLifetime: 300,
        introspectionClients: [],
        signingAlgorithm: 'RS256',
      },
      {
        identifier: 'urn:b',
        name: 'B',
        scopes: [],
        accessTokenFormat: 'opaque',
        accessTokenLifetime: 240,
        introspectionClients: ['api-b'],
        signingAlgorithm: 'ES256',
      },
      {
        identifier: 'urn:c',
        name: 'urn:c',
        scopes: [],
        accessTokenFormat: 'jwt',
        accessTokenLifetime: 120,
        introspectionClients: [],
        signingAlgorithm: 'RS256',
      },
    ]);
    expect(config.branding).toEqual({
      name: 'Acme',
      accent: '#1d4ed8',
      radius: undefined,
      font: undefined,
      logo: undefined,
      logoDark: undefined,
      favicon: undefined,
      remoteImages: {},
      helpUrl: 'mailto:help@example.com',
      privacyUrl: 'https://e.com/p',
      termsUrl: 'https://e.com/t',
    });
    expect(config.features).toMatchObject({
      deviceFlow: false,
      introspection: false,
      revocation: false,
      clientCredentials: false,
    });
    expect(config.lifetimes).toMatchObject({
      accessTokenSeconds: 240,
      sessionSeconds: 60,
      idTokenSeconds: 3_600,
    });
    expect(config.passwordPolicy).toEqual({ minLength: 8 });
  });

  test('a JWT access token lives five minutes at most unless it is set otherwise (S45)', () => {
    const [resource] = readFileText('resources: [{ identifier: "urn:a" }]').resources;
    expect(resource?.accessTokenLifetime).toBeLessThanOrEqual(300);
  });

  test('takes a client secret from a file beside it', () => {
    const files = { '/etc/latchkey/c.yaml': 'clients: [{ client_id: a, client_secret_file: a.secret }]' };
    const config = read(
      { CONFIG: '/etc/latchkey/c.yaml' },
      { ...files, '/etc/latchkey/a.secret': `${SECRET}\n` },
    );
    expect(config.clients).toMatchObject([{ clientSecrets: [SECRET] }]);
    expect(faultsOf({ CONFIG: '/etc/latchkey/c.yaml' }, files)).toMatchObject([
      { setting: 'CONFIG clients[0].client_secret_file' },
    ]);
  });
});

describe('syntax', () => {
  test.each([
    ['clients:\n\t- client_id: a', 'Tabs are not allowed as indentation (line 2, column 1)'],
    ['branding:\n  name: a\n  name: b', 'Map keys must be unique (line 3, column 3)'],
    ['{"branding": {"name": "a", "name": "b"}}', 'Map keys must be unique (line 1, column 28)'],
    ['branding: "a\n', '(line 2, column 1)'],
  ])('%j names the place', (text, problem) => {
    const faults = faultsOfFileText(text);
    expect(faults[0]?.setting).toBe('CONFIG');
    expect(faults[0]?.problem).toContain(problem);
  });

  test.each([
    '- a list',
    'only text',
    'a: *nowhere',
    '--- {}\n--- {}',
    'a: &a [*a]',
    '['.repeat(50_000),
    'clients: &c [{ client_id: a, metadata: &m { self: *m } }]',
  ])('%.40j is a fault and not a crash', (text) => {
    expect(at(text)[0]).toMatch(/^CONFIG/);
  });

  test('a message that would quote the text gives its kind alone', () => {
    expect(faultsOfFileText('clients: "\\Uhunter22"')).toMatchObject([
      { problem: 'is neither valid YAML nor valid JSON: bad dq escape (line 1, column 11)' },
    ]);
  });

  test('a message never quotes the text, which may hold secrets', () => {
    for (const text of [
      `clients: [{ client_secret: "${SECRET}" } ${SECRET}`,
      `a: *${SECRET}`,
      `a: 1\n${SECRET}`,
      `clients:\n  - client_id: a\n   client_secret: ${SECRET}: x`,
      `a: "\\q${SECRET}"`,
      `%${SECRET}\n---\na: !<${SECRET} b`,
      `clients: [{ client_id: a, client_secret: [${SECRET}] }]`,
      `clients: [{ client_id: a, client_secret: ${SECRET}, client_secrets: [${SECRET}], type: [${SECRET}] }]`,
    ]) {
      const faults = faultsOfFileText(text);
      expect(faults.length).toBeGreaterThan(0);
      expect(JSON.stringify(faults)).not.toContain(SECRET);
    }
  });
});
