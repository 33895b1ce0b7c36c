import { faultsOfFileText } from './sources.js';

const at = (text: string) => faultsOfFileText(text).map((fault) => fault.setting);

describe('shapes', () => {
  test.each([
    ['clients: {}', 'CONFIG clients'],
    ['clients: [shop]', 'CONFIG clients[0]'],
    ['clients: [{ name: Shop }]', 'CONFIG clients[0].client_id'],
    ['clients: [{ client_id: 1 }]', 'CONFIG clients[0].client_id'],
    ['clients: [{ client_id: "" }]', 'CONFIG clients[0].client_id'],
    ['clients: [{ client_id: a, type: webb }]', 'CONFIG clients[0].type'],
    ['clients: [{ client_id: a, redirect_uris: https://a }]', 'CONFIG clients[0].redirect_uris'],
    [
      'clients: [{ client_id: a, redirect_uris: [https://a, nowhere] }]',
      'CONFIG clients[0].redirect_uris[1]',
    ],
    ['clients: [{ client_id: a, redirect_uris: [""] }]', 'CONFIG clients[0].redirect_uris[0]'],
    ['clients: [{ client_id: a, allowed_origins: ["*"] }]', 'CONFIG clients[0].allowed_origins[0]'],
    ['clients: [{ client_id: a, backchannel_logout_uri: /bye }]', 'CONFIG clients[0].backchannel_logout_uri'],
    ['clients: [{ client_id: a, scope: [openid] }]', 'CONFIG clients[0].scope'],
    ['clients: [{ client_id: a, scope: "openid  email" }]', 'CONFIG clients[0].scope'],
    ['clients: [{ client_id: a, allowed_roles: staff }]', 'CONFIG clients[0].allowed_roles'],
    ['clients: [{ client_id: a, allowed_groups: [""] }]', 'CONFIG clients[0].allowed_groups[0]'],
    ['roles: [{ description: Helps }]', 'CONFIG roles[0].name'],
    ['roles: [{ name: a, permissions: users:read }]', 'CONFIG roles[0].permissions'],
    ['roles: [{ name: a }, { name: a }]', 'CONFIG roles[1].name'],
    ['groups: [{ name: 1 }]', 'CONFIG groups[0].name'],
    ['groups: [{ name: a, role: b }]', 'CONFIG groups[0].role'],
    ['scopes: [{ name: roles, description: x }]', 'CONFIG scopes[0].name'],
    ['clients: [{ client_id: a, first_party: yes }]', 'CONFIG clients[0].first_party'],
    ['clients: [{ client_id: a, client_secrets: [] }]', 'CONFIG clients[0].client_secrets'],
    ['clients: [{ client_id: a, metadata: { x: .inf } }]', 'CONFIG clients[0].metadata.x'],
    ['clients: [{ client_id: a, metadata: [] }]', 'CONFIG clients[0].metadata'],
    [
      'clients: [{ client_id: a, client_secret: s, client_secret_file: f }]',
      'CONFIG clients[0].client_secret_file',
    ],
    ['clients: [{ client_id: a }, { client_id: a }]', 'CONFIG clients[1].client_id'],
    ['scopes: [{ name: a b, description: x }]', 'CONFIG scopes[0].name'],
    ['scopes: [{ name: openid, description: x }]', 'CONFIG scopes[0].name'],
    ['scopes: [{ name: a }]', 'CONFIG scopes[0].description'],
    ['scopes: [{ name: a, description: x }, { name: a, description: y }]', 'CONFIG scopes[1].name'],
    ['resources: [{ identifier: "https://a#b" }]', 'CONFIG resources[0].identifier'],
    ['resources: [{ identifier: a }]', 'CONFIG resources[0].identifier'],
    ['resources: [{ identifier: "urn:a" }, { identifier: "urn:a" }]', 'CONFIG resources[1].identifier'],
    ['resources: [{ identifier: "urn:a", scopes: [x] }]', 'CONFIG resources[0].scopes[0]'],
    [
      'resources: [{ identifier: "urn:a", signing_algorithm: HS256 }]',
      'CONFIG resources[0].signing_algorithm',
    ],
    [
      'resources: [{ identifier: "urn:a", signing_algorithm: none }]',
      'CONFIG resources[0].signing_algorithm',
    ],
    ['branding: { accent: red }', 'CONFIG branding.accent'],
    ['branding: { help_url: "javascript:alert(1)" }', 'CONFIG branding.help_url'],
    ['features: { device_flow: "true" }', 'CONFIG features.device_flow'],
    ['lifetimes: { authorization_code_seconds: 601 }', 'CONFIG lifetimes.authorization_code_seconds'],
    ['lifetimes: { id_token_seconds: 1h }', 'CONFIG lifetimes.id_token_seconds'],
    ['lifetimes: { id_token_seconds: 60.5 }', 'CONFIG lifetimes.id_token_seconds'],
    ['lifetimes: { session_seconds: 90000 }', 'CONFIG lifetimes.session_seconds'],
    ['lifetimes: { refresh_token_seconds: 2592001 }', 'CONFIG lifetimes.refresh_token_seconds'],
    ['password_policy: { min_length: 7 }', 'CONFIG password_policy.min_length'],
    ['password_policy: { min_length: 129 }', 'CONFIG password_policy.min_length'],
    ['accounts: { deletion_grace_days: 91 }', 'CONFIG accounts.deletion_grace_days'],
    ['accounts: { deletion_grace_days: -1 }', 'CONFIG accounts.deletion_grace_days'],
  ])('%s is one fault, at %s', (text, setting) => {
    expect(at(text)).toEqual([setting]);
  });

  test('a refresh token never outlives its grant (S57)', () => {
    expect(faultsOfFileText('lifetimes: { grant_seconds: 3600 }')[0]).toMatchObject({
      setting: 'CONFIG lifetimes.refresh_token_seconds',
      remedy: 'Lower refresh_token_seconds or raise grant_seconds.',
    });
  });

  test('rules across values show beside faults of single values', () => {
    const text = `
clients:
  - { client_id: a, type: nope, first_party: 1, metadata: { x: .nan } }
  - { client_id: a }
lifetimes: { session_seconds: 90000, id_token_seconds: 1.5, unknown: 1 }
resources: [{ identifier: 5, scopes: [x] }]
`;
    expect(at(text).toSorted()).toEqual([
      'CONFIG clients[0].first_party',
      'CONFIG clients[0].metadata.x',
      'CONFIG clients[0].type',
      'CONFIG clients[1].client_id',
      'CONFIG lifetimes.id_token_seconds',
      'CONFIG lifetimes.session_seconds',
      'CONFIG lifetimes.unknown',
      'CONFIG resources[0].identifier',
      'CONFIG resources[0].scopes[0]',
    ]);
  });

  test('a fault names line and column', () => {
    expect(faultsOfFileText('clients:\n  - client_id: a\n    type: webb\n')[0]).toEqual({
      setting: 'CONFIG clients[0].type',
      problem: '"webb" is not one of web, spa, native, service, device (line 3, column 11)',
      remedy: 'Did you mean web?',
    });
  });
});

describe('unknown keys', () => {
  test.each([
    ['client: []', 'Did you mean clients?'],
    ['clients: [{ client_id: a, redirect_uri: [] }]', 'Did you mean redirect_uris?'],
    ['clients: [{ client_id: a, redirectUris: [] }]', 'Did you mean redirect_uris?'],
    ['clients: [{ client_id: a, scopes: [] }]', 'Did you mean scope?'],
    ['lifetimes: { sesion_seconds: 60 }', 'Did you mean session_seconds?'],
    ['password_policy: { x: 1 }', 'Known keys here: min_length.'],
    ['issuer: https://id.example.com', 'Set the environment variable ISSUER instead.'],
    ['secret_key: x', 'Set the environment variable SECRET_KEY instead.'],
    ['database_url: x', 'Set the environment variable DATABASE_URL instead.'],
  ])('%s: %s', (text, remedy) => {
    expect(faultsOfFileText(text)).toMatchObject([{ remedy }]);
  });

  test('each is a fault of its own, even with a strange name', () => {
    expect(at('branding: { a: 1, "b c\\n": 2 }\n__proto__: {}')).toEqual([
      'CONFIG branding.a',
      'CONFIG branding["b c\\n"]',
      'CONFIG __proto__',
    ]);
  });
});
