import { faultsOf, faultsOfFileText, PRODUCTION, readFileText } from './sources.js';

const RESOURCE = 'resources: [{ identifier: https://api.example.test }]';

test('without a profile nothing is as one would have it', () => {
  const { profile, preset, features, resources } = readFileText(RESOURCE);
  expect({ profile, preset }).toEqual({ profile: undefined, preset: undefined });
  expect(features).toMatchObject({ requestObjects: false, jarm: false });
  expect(resources[0]?.signingAlgorithm).toBe('RS256');
});

test('message signing switches on what it needs, and leaves the rest', () => {
  const { features } = readFileText('profile: fapi2-message-signing\nfeatures: { device_flow: false }');
  expect(features).toMatchObject({
    requestObjects: true,
    jarm: true,
    jwtIntrospection: true,
    jwtUserinfo: false,
    deviceFlow: false,
  });
});

test('FAPI has APIs get tokens by an algorithm that it allows', () => {
  expect(readFileText(`profile: fapi2\n${RESOURCE}`).resources[0]?.signingAlgorithm).toBe('ES256');
});

test.each([
  ['profile: fapi2\nfeatures: { dpop: false }', 'features.dpop'],
  [
    'profile: fapi2\nfeatures: { pushed_authorization_requests: false }',
    'features.pushed_authorization_requests',
  ],
  ['profile: fapi2-message-signing\nfeatures: { jarm: false }', 'features.jarm'],
  ['profile: fapi2\nlifetimes: { authorization_code_seconds: 61 }', 'lifetimes.authorization_code_seconds'],
  [
    'profile: fapi2\nresources: [{ identifier: https://api.example.test, signing_algorithm: RS256 }]',
    'resources[0].signing_algorithm',
  ],
  ['profile: oauth21\nfeatures: { response_types: [code id_token] }', 'features.response_types'],
  ['features: { response_types: [token] }', 'features.response_types[0]'],
  ['features: { response_types: [id_token, id_token] }', 'features.response_types[1]'],
  ['features: { response_types: id_token }', 'features.response_types'],
  ['profile: fapi3', 'profile'],
  ['clients: [{ client_id: a, profile: fapi3 }]', 'clients[0].profile'],
])('%j is refused at %s', (text, place) => {
  expect(faultsOfFileText(text)).toMatchObject([{ setting: `CONFIG ${place}` }]);
});

test('a contradiction says of which profile it is', () => {
  expect(faultsOfFileText('profile: fapi2\nfeatures: { dpop: false }')[0]?.problem).toMatch(
    /^is off, which the profile fapi2 does not allow \(line 2/,
  );
});

test('a declared client has a profile of its own', () => {
  const [client] = readFileText(
    'clients: [{ client_id: a, profile: fapi2, metadata: { jwks_uri: x } }]',
  ).clients;
  expect(client?.metadata).toEqual({ jwks_uri: 'x', profile: 'fapi2' });
});

test('the preset for conformance tests opens what they look at, unless the file says otherwise', () => {
  const { preset, features } = readFileText('preset: conformance\nfeatures: { jarm: false }');
  expect(preset).toBe('conformance');
  expect(features).toMatchObject({ requestObjects: true, jwtUserinfo: true, jarm: false });
});

test('the preset opens implicit and hybrid flows, but not under a profile', () => {
  const { features, clientRegistration } = readFileText('preset: conformance');
  expect(features.responseTypes).toContain('code id_token token');
  expect(clientRegistration.policy.grantTypes).toContain('implicit');
  expect(readFileText('preset: conformance\nprofile: oauth21').features.responseTypes).toEqual([]);
});

test('signed introspection needs introspection, also under the preset', () => {
  const off = 'features: { introspection: false, jwt_introspection: true }';
  for (const text of [off, `preset: conformance\n${off}`]) {
    expect(faultsOfFileText(text)).toMatchObject([
      {
        setting: 'CONFIG features.jwt_introspection',
        remedy: 'Turn introspection on, or jwt_introspection off.',
      },
    ]);
  }
  const { features } = readFileText('preset: conformance\nfeatures: { introspection: false }');
  expect(features.jwtIntrospection).toBe(false);
});

test('production refuses the preset', () => {
  const file = { '/srv/latchkey/latchkey.yaml': 'preset: conformance' };
  expect(faultsOf({ ...PRODUCTION, CONFIG: 'latchkey.yaml' }, file)).toMatchObject([
    { setting: 'CONFIG preset', problem: 'is conformance, which production refuses' },
  ]);
});
