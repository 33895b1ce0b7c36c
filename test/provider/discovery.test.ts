import { ISSUER, openDiscovery, type Discovery } from '../support/discovery.js';

// Discovery is what every relying party goes by: here is all of it, for every part of the protocol that can be on or off.

const SIGNING = ['ES256', 'EdDSA', 'RS256'];
const CLIENT_SIGNING = ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'];
const PROFILE_SIGNING = ['ES256', 'EdDSA'];
const PROFILE_CLIENT_SIGNING = ['ES256', 'Ed25519', 'EdDSA', 'PS256'];
const KEY_ENCRYPTION = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW', 'RSA-OAEP-256'];
const CONTENT_ENCRYPTION = ['A128CBC-HS256', 'A128GCM', 'A256GCM'];
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const GRANTS = ['authorization_code', 'client_credentials', 'refresh_token', DEVICE];
const METHODS = ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'];
const MODES = ['form_post', 'fragment', 'query'];
const SIGNED_MODES = ['form_post.jwt', 'fragment.jwt', 'jwt', 'query.jwt'];
const EVERY_RESPONSE_TYPE = [
  ...['code', 'code id_token', 'code id_token token', 'code token'],
  ...['id_token', 'id_token token', 'none'],
];

const CLAIMS = [
  ...['acr', 'address', 'amr', 'auth_time', 'birthdate', 'email', 'email_verified', 'family_name'],
  ...['gender', 'given_name', 'groups', 'iss', 'locale', 'middle_name', 'name', 'nickname'],
  ...['phone_number', 'phone_number_verified', 'picture', 'preferred_username', 'profile', 'roles'],
  ...['sid', 'sub', 'updated_at', 'website', 'zoneinfo'],
];
const SCOPES = ['address', 'email', 'groups', 'offline_access', 'openid', 'phone', 'profile', 'roles'];

const PLAIN: Readonly<Record<string, unknown>> = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  userinfo_endpoint: `${ISSUER}/userinfo`,
  jwks_uri: `${ISSUER}/jwks`,
  end_session_endpoint: `${ISSUER}/session/end`,
  introspection_endpoint: `${ISSUER}/introspect`,
  revocation_endpoint: `${ISSUER}/revoke`,
  device_authorization_endpoint: `${ISSUER}/device/authorize`,
  pushed_authorization_request_endpoint: `${ISSUER}/par`,
  global_token_revocation_endpoint: `${ISSUER}/api/v1/global-token-revocation`,
  global_token_revocation_endpoint_auth_methods_supported: ['Bearer', 'DPoP'],
  acr_values_supported: [...['https://refeds.org/profile/mfa', 'https://refeds.org/profile/sfa', 'phr']],
  authorization_response_iss_parameter_supported: true,
  backchannel_logout_session_supported: true,
  backchannel_logout_supported: true,
  claim_types_supported: ['normal'],
  claims_parameter_supported: true,
  claims_supported: CLAIMS,
  code_challenge_methods_supported: ['S256'],
  dpop_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA'],
  grant_types_supported: GRANTS,
  id_token_signing_alg_values_supported: SIGNING,
  prompt_values_supported: ['consent', 'login', 'none', 'select_account'],
  request_uri_parameter_supported: false,
  response_modes_supported: MODES,
  response_types_supported: ['code'],
  scopes_supported: SCOPES,
  subject_types_supported: ['pairwise', 'public'],
  token_endpoint_auth_methods_supported: METHODS,
  token_endpoint_auth_signing_alg_values_supported: CLIENT_SIGNING,
  ui_locales_supported: ['ar', 'de', 'en', 'es', 'fr', 'ja', 'zh'],
};

const encryptionOf = (message: string) => ({
  [`${message}_encryption_alg_values_supported`]: KEY_ENCRYPTION,
  [`${message}_encryption_enc_values_supported`]: CONTENT_ENCRYPTION,
});
const JAR = {
  request_parameter_supported: true,
  request_object_signing_alg_values_supported: CLIENT_SIGNING,
};
const JARM = {
  response_modes_supported: [...MODES, ...SIGNED_MODES].sort(),
  authorization_signing_alg_values_supported: SIGNING,
};
const EVERY_MESSAGE_ENCRYPTED = {
  ...encryptionOf('id_token'),
  ...encryptionOf('userinfo'),
  ...encryptionOf('authorization'),
  ...encryptionOf('introspection'),
};
const CIBA = {
  backchannel_authentication_endpoint: `${ISSUER}/backchannel`,
  backchannel_token_delivery_modes_supported: ['ping', 'poll'],
  backchannel_user_code_parameter_supported: false,
};
const ATTESTATION = {
  challenge_endpoint: `${ISSUER}/challenge`,
  client_attestation_signing_alg_values_supported: CLIENT_SIGNING,
  client_attestation_pop_signing_alg_values_supported: CLIENT_SIGNING,
};
const FAPI = {
  require_pushed_authorization_requests: true,
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: PROFILE_CLIENT_SIGNING,
  id_token_signing_alg_values_supported: PROFILE_SIGNING,
};
const NO_DPOP = {
  dpop_signing_alg_values_supported: undefined,
  global_token_revocation_endpoint_auth_methods_supported: ['Bearer'],
};
const ATTESTERS =
  'client_attesters: [{ issuer: a, jwks_uri: https://attester.example/jwks, clients: [wallet] }]';

const aliasesAt = (host: string, paths: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${host}${path}`]));
const ALIASES = {
  token_endpoint: '/token',
  userinfo_endpoint: '/userinfo',
  revocation_endpoint: '/revoke',
  introspection_endpoint: '/introspect',
  device_authorization_endpoint: '/device/authorize',
  pushed_authorization_request_endpoint: '/par',
};

type Deployment = readonly [what: string, yaml: string, differences: Readonly<Record<string, unknown>>];

/** By what stands in the file: in what its document differs from the one of a plain deployment; undefined: not there. */
const DEPLOYMENTS: readonly Deployment[] = [
  ['nothing', '', {}],
  [
    'no device flow',
    'features: { device_flow: false }',
    {
      device_authorization_endpoint: undefined,
      grant_types_supported: GRANTS.filter((grant) => grant !== DEVICE),
    },
  ],
  ['no introspection', 'features: { introspection: false }', { introspection_endpoint: undefined }],
  ['no revocation', 'features: { revocation: false }', { revocation_endpoint: undefined }],
  [
    'no client credentials',
    'features: { client_credentials: false }',
    { grant_types_supported: GRANTS.filter((grant) => grant !== 'client_credentials') },
  ],
  [
    'no PAR',
    'features: { pushed_authorization_requests: false }',
    { pushed_authorization_request_endpoint: undefined },
  ],
  ['no DPoP', 'features: { dpop: false }', NO_DPOP],
  ['JAR', 'features: { request_objects: true }', JAR],
  ['JARM', 'features: { jarm: true }', JARM],
  ['signed userinfo', 'features: { jwt_userinfo: true }', { userinfo_signing_alg_values_supported: SIGNING }],
  [
    'signed introspection',
    'features: { jwt_introspection: true }',
    { introspection_signing_alg_values_supported: SIGNING },
  ],
  ['encryption', 'features: { encryption: true }', encryptionOf('id_token')],
  [
    'token exchange',
    'features: { token_exchange: true }',
    { grant_types_supported: [...GRANTS, 'urn:ietf:params:oauth:grant-type:token-exchange'].sort() },
  ],
  [
    'JWT bearer grants',
    'features: { jwt_bearer: true }',
    { grant_types_supported: [...GRANTS, 'urn:ietf:params:oauth:grant-type:jwt-bearer'].sort() },
  ],
  [
    'mutual TLS',
    'features: { mtls: true }',
    {
      tls_client_certificate_bound_access_tokens: true,
      token_endpoint_auth_methods_supported: [...METHODS, 'self_signed_tls_client_auth'].sort(),
    },
  ],
  [
    'mutual TLS at a host of its own, with verified chains',
    'features: { mtls: true }\nmtls: { endpoint: https://mtls.example.com, verification: always }',
    {
      tls_client_certificate_bound_access_tokens: true,
      token_endpoint_auth_methods_supported: [
        ...[...METHODS, 'self_signed_tls_client_auth', 'tls_client_auth'].sort(),
      ],
      mtls_endpoint_aliases: aliasesAt('https://mtls.example.com', ALIASES),
    },
  ],
  [
    'CIBA',
    'features: { ciba: true }',
    { ...CIBA, grant_types_supported: [...GRANTS, 'urn:openid:params:grant-type:ciba'].sort() },
  ],
  [
    'CIBA with signed requests',
    'features: { ciba: true, request_objects: true }',
    {
      ...CIBA,
      ...JAR,
      grant_types_supported: [...GRANTS, 'urn:openid:params:grant-type:ciba'].sort(),
      backchannel_authentication_request_signing_alg_values_supported: CLIENT_SIGNING,
    },
  ],
  [
    'attestation',
    `features: { client_attestation: true }\n${ATTESTERS}`,
    {
      ...ATTESTATION,
      token_endpoint_auth_methods_supported: [
        ...METHODS,
        'attest_jwt_client_auth',
        'attest_jwt_client_auth_dpop',
      ].sort(),
    },
  ],
  [
    'attestation without DPoP',
    `features: { client_attestation: true, dpop: false }\n${ATTESTERS}`,
    {
      ...ATTESTATION,
      ...NO_DPOP,
      token_endpoint_auth_methods_supported: [...METHODS, 'attest_jwt_client_auth'].sort(),
    },
  ],
  [
    'a hybrid flow',
    'features: { response_types: [code id_token] }',
    {
      response_types_supported: ['code', 'code id_token'],
      grant_types_supported: [...GRANTS, 'implicit'].sort(),
    },
  ],
  [
    'an implicit flow',
    'features: { response_types: [id_token] }',
    { response_types_supported: ['code', 'id_token'], grant_types_supported: [...GRANTS, 'implicit'].sort() },
  ],
  [
    'answers without anything',
    'features: { response_types: [none] }',
    { response_types_supported: ['code', 'none'] },
  ],
  [
    'registration by anybody',
    'client_registration: { mode: open }',
    { registration_endpoint: `${ISSUER}/register` },
  ],
  [
    'registration by token',
    'client_registration: { mode: initial_access_token }',
    { registration_endpoint: `${ISSUER}/register` },
  ],
  [
    'client ID metadata documents',
    'client_id_metadata_documents: { hosts: [app.example.org] }',
    { client_id_metadata_document_supported: true },
  ],
  [
    'rich authorization requests',
    'authorization_details_types: [{ type: payment, sentence: { en: pay } }]',
    { authorization_details_types_supported: ['payment'] },
  ],
  [
    'scopes of its own',
    'scopes: [{ name: orders:read, description: Read orders, claims: [tier] }]',
    {
      scopes_supported: [...SCOPES, 'orders:read'].sort(),
      claims_supported: [...CLAIMS, 'tier'].sort(),
    },
  ],
  [
    'open sign-up',
    'sign_up: { mode: open }',
    { prompt_values_supported: ['consent', 'create', 'login', 'none', 'select_account'] },
  ],
  ['sign-up by invitation', 'sign_up: { mode: invitation }', {}],
  ['the profile oauth21', 'profile: oauth21', {}],
  ['the profile fapi2', 'profile: fapi2', FAPI],
  [
    'the profile fapi2, with certificates instead of DPoP',
    'profile: fapi2\nfeatures: { mtls: true, dpop: false }',
    {
      ...FAPI,
      ...NO_DPOP,
      tls_client_certificate_bound_access_tokens: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'self_signed_tls_client_auth'],
    },
  ],
  [
    'the profile fapi2-message-signing',
    'profile: fapi2-message-signing',
    {
      ...FAPI,
      request_parameter_supported: true,
      request_object_signing_alg_values_supported: PROFILE_CLIENT_SIGNING,
      require_signed_request_object: true,
      response_modes_supported: SIGNED_MODES,
      authorization_signing_alg_values_supported: PROFILE_SIGNING,
      introspection_signing_alg_values_supported: PROFILE_SIGNING,
    },
  ],
  [
    'the preset conformance',
    'preset: conformance',
    {
      ...JAR,
      ...JARM,
      ...EVERY_MESSAGE_ENCRYPTED,
      userinfo_signing_alg_values_supported: SIGNING,
      introspection_signing_alg_values_supported: SIGNING,
      registration_endpoint: `${ISSUER}/register`,
      response_types_supported: EVERY_RESPONSE_TYPE,
      grant_types_supported: [...GRANTS, 'implicit'].sort(),
    },
  ],
  [
    'everything',
    `
features:
  { request_objects: true, jarm: true, jwt_userinfo: true, jwt_introspection: true, encryption: true, token_exchange: true,
    mtls: true, jwt_bearer: true, ciba: true, client_attestation: true,
    response_types: [code id_token, id_token, code token, code id_token token, id_token token, none] }
mtls: { endpoint: https://mtls.example.com, verification: always }
client_registration: { mode: open }
client_id_metadata_documents: { hosts: ["*"] }
authorization_details_types: [{ type: payment, sentence: { en: pay } }]
sign_up: { mode: open }
${ATTESTERS}`,
    {
      ...JAR,
      ...JARM,
      ...EVERY_MESSAGE_ENCRYPTED,
      ...CIBA,
      ...ATTESTATION,
      backchannel_authentication_request_signing_alg_values_supported: CLIENT_SIGNING,
      userinfo_signing_alg_values_supported: SIGNING,
      introspection_signing_alg_values_supported: SIGNING,
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: aliasesAt('https://mtls.example.com', {
        ...ALIASES,
        backchannel_authentication_endpoint: '/backchannel',
      }),
      token_endpoint_auth_methods_supported: [
        ...METHODS,
        ...[
          'attest_jwt_client_auth',
          'attest_jwt_client_auth_dpop',
          'self_signed_tls_client_auth',
          'tls_client_auth',
        ],
      ].sort(),
      grant_types_supported: [
        ...[...GRANTS, 'implicit', 'urn:openid:params:grant-type:ciba'],
        ...['token-exchange', 'jwt-bearer'].map((name) => `urn:ietf:params:oauth:grant-type:${name}`),
      ].sort(),
      response_types_supported: EVERY_RESPONSE_TYPE,
      registration_endpoint: `${ISSUER}/register`,
      client_id_metadata_document_supported: true,
      authorization_details_types_supported: ['payment'],
      prompt_values_supported: ['consent', 'create', 'login', 'none', 'select_account'],
    },
  ],
];

let discovery: Discovery;

beforeAll(async () => {
  discovery = await openDiscovery();
});

afterAll(() => discovery.close());

/** The order of what it lists matters to nobody. */
const sorted = (document: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...(value as string[])].sort() : value,
    ]),
  );

test.each(DEPLOYMENTS)(
  'with %s, discovery tells exactly that (OpenID Connect Discovery 1.0 §3, RFC 8414 §2)',
  async (_what, yaml, differences) => {
    const document = await discovery.of(yaml);
    expect(sorted(document)).toEqual({ ...PLAIN, ...differences });
    expect(Object.values(document)).not.toContain(null);
  },
);

/** Endpoints that can be off, by their names in discovery; registration is answered by others than the protocol. */
const OPTIONAL = {
  introspection_endpoint: '/introspect',
  revocation_endpoint: '/revoke',
  device_authorization_endpoint: '/device/authorize',
  pushed_authorization_request_endpoint: '/par',
  backchannel_authentication_endpoint: '/backchannel',
  challenge_endpoint: '/challenge',
};

test('an endpoint is answered where discovery names it, and nowhere else', async () => {
  const off = `introspection: false, revocation: false, device_flow: false, pushed_authorization_requests: false`;
  for (const yaml of [
    '',
    `features: { ${off} }`,
    `features: { ciba: true, client_attestation: true }\n${ATTESTERS}`,
  ]) {
    const document = await discovery.of(yaml);
    for (const [name, path] of Object.entries(OPTIONAL)) {
      expect([name, await discovery.answers(path)]).toEqual([name, name in document]);
    }
  }
});
