import { faultsOf, readFileText } from './sources.js';

const FILE = '/srv/latchkey/latchkey.yaml';
const API = 'https://api.example.test';
const DECLARED = `
scopes: [{ name: read, description: see }]
resources: [{ identifier: ${API}, scopes: [read] }]
`;
const BOUNDS = `clients: [a], resources: [${API}], scopes: [read]`;
const JWKS = 'jwks: { keys: [{ kty: EC, crv: P-256, x: abc, y: def }] }';
const URI = 'jwks_uri: https://crm.example.test/jwks';
const textOf = (issuers: string): string => `${DECLARED}jwt_bearer: [${issuers}]\n`;

test('assertions are not taken unless the file says so, and are short-lived', () => {
  const read = readFileText(textOf(`{ issuer: crm, ${URI}, subject: email, ${BOUNDS} }`));
  expect(read.features.jwtBearer).toBe(false);
  expect(read.trustedIssuers).toEqual([
    {
      issuer: 'crm',
      keys: { jwksUri: 'https://crm.example.test/jwks', privateNetwork: false },
      subject: 'email',
      clients: ['a'],
      resources: [API],
      scopes: ['read'],
      maxLifetimeSeconds: 300,
    },
  ]);
  const [own] = readFileText(textOf(`{ issuer: crm, ${JWKS}, subject: email, ${BOUNDS} }`)).trustedIssuers;
  expect(own?.keys).toMatchObject({ jwks: { keys: [{ kty: 'EC' }] } });
});

test.each([
  [`{ issuer: crm, subject: email, ${BOUNDS} }`, 'jwks_uri'],
  [`{ issuer: crm, ${URI}, ${JWKS}, subject: email, ${BOUNDS} }`, 'jwks_uri'],
  [`{ issuer: crm, jwks_uri: "http://crm.example.test/jwks", subject: email, ${BOUNDS} }`, 'jwks_uri'],
  [`{ issuer: crm, jwks: { keys: [] }, subject: email, ${BOUNDS} }`, 'jwks'],
  [`{ issuer: crm, jwks: { keys: [{ kty: oct, k: abc }] }, subject: email, ${BOUNDS} }`, 'jwks'],
  [`{ issuer: crm, ${URI}, ${BOUNDS} }`, 'subject'],
  [`{ issuer: crm, ${URI}, subject: username, ${BOUNDS} }`, 'subject'],
  [`{ issuer: crm, ${URI}, subject: email, clients: [], resources: [${API}], scopes: [read] }`, 'clients'],
  [`{ issuer: crm, ${URI}, subject: email, clients: [a], resources: [x], scopes: [read] }`, 'resources[0]'],
  [`{ issuer: crm, ${URI}, subject: email, clients: [a], resources: [${API}], scopes: [pay] }`, 'scopes[0]'],
  [`{ issuer: crm, ${URI}, subject: email, max_lifetime_seconds: 5, ${BOUNDS} }`, 'max_lifetime_seconds'],
])('%s is refused at %s', (issuer, place) => {
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(issuer) });
  expect(faults.map(({ setting }) => setting)).toContain(`CONFIG jwt_bearer[0].${place}`);
});

test('an issuer has one policy', () => {
  const issuer = `{ issuer: crm, ${URI}, subject: email, ${BOUNDS} }`;
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(`${issuer}, ${issuer}`) });
  expect(faults).toMatchObject([{ setting: 'CONFIG jwt_bearer[1].issuer' }]);
});
