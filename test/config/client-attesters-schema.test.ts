import { faultsOf, readFileText } from './sources.js';

const FILE = '/srv/latchkey/latchkey.yaml';
const ON = 'features: { client_attestation: true }\n';
const URI = 'jwks_uri: https://attester.example.test/jwks';
const JWKS = 'jwks: { keys: [{ kty: EC, crv: P-256, x: abc, y: def }] }';
const textOf = (attesters: string): string => `${ON}client_attesters: [${attesters}]\n`;

test('attestations are not taken unless the file says so, and from whom', () => {
  expect(readFileText('')).toMatchObject({ features: { clientAttestation: false }, clientAttesters: [] });
  const read = readFileText(
    textOf(`{ issuer: a, ${URI}, clients: [wallet] }, { issuer: b, ${JWKS}, clients: [wallet, bank] }`),
  );
  expect(read.features.clientAttestation).toBe(true);
  expect(read.clientAttesters).toMatchObject([
    {
      issuer: 'a',
      keys: { jwksUri: 'https://attester.example.test/jwks', privateNetwork: false },
      clients: ['wallet'],
    },
    { issuer: 'b', keys: { jwks: { keys: [{ kty: 'EC' }] } }, clients: ['wallet', 'bank'] },
  ]);
});

test.each([ON, textOf('')])('somebody has to be trusted: %s', (text) => {
  expect(faultsOf({ CONFIG: FILE }, { [FILE]: text })).toMatchObject([
    { setting: 'CONFIG client_attesters', remedy: expect.stringContaining('Name an attester') as string },
  ]);
});

test.each([
  ['{ issuer: a, clients: [wallet] }', '[0].jwks_uri'],
  [`{ issuer: a, ${URI}, ${JWKS}, clients: [wallet] }`, '[0].jwks_uri'],
  ['{ issuer: a, jwks_uri: "http://attester.example.test/", clients: [wallet] }', '[0].jwks_uri'],
  ['{ issuer: a, jwks: { keys: [{ kty: oct, k: abc }] }, clients: [wallet] }', '[0].jwks'],
  [`{ issuer: a, ${URI}, clients: [] }`, '[0].clients'],
  [`{ issuer: a, ${URI} }`, '[0].clients'],
  [`{ ${URI}, clients: [wallet] }`, '[0].issuer'],
  [`{ issuer: a, ${URI}, clients: [wallet], subject: email }`, '[0].subject'],
  [`{ issuer: a, ${URI}, clients: [w] }, { issuer: a, ${URI}, clients: [v] }`, '[1].issuer'],
])('%s is refused at %s', (attesters, place) => {
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(attesters) });
  expect(faults.map(({ setting }) => setting)).toContain(`CONFIG client_attesters${place}`);
});
