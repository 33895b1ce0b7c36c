import { SECRET, faultsOf, read } from './sources.js';

const FILE = '/srv/latchkey/latchkey.yaml';
const settings = { CONFIG: FILE, ISSUER: 'https://id.example.com' };
const behindProxy = { ...settings, TRUSTED_PROXIES: '10.0.0.0/8' };
const ON = 'features: { mtls: true }\n';

test('certificates are off, and nobody vouches for their chains, unless the file says so', () => {
  const { features, mtls } = read({ ...settings }, { [FILE]: '' });
  expect(features.mtls).toBe(false);
  expect(mtls).toEqual({
    header: 'client-cert',
    encoding: 'rfc9440',
    verification: { by: 'nobody' },
    endpoint: undefined,
  });
});

test('everything that can be said of the proxy', () => {
  const text = `${ON}mtls:
  certificate_header: X-Cert
  certificate_encoding: xfcc
  verification: header
  verification_header: X-Verified
  verification_value: "0"
  endpoint: https://mtls.id.example.com
`;
  expect(read(behindProxy, { [FILE]: text }).mtls).toEqual({
    header: 'x-cert',
    encoding: 'xfcc',
    verification: { by: 'header', header: 'x-verified', value: '0' },
    endpoint: 'https://mtls.id.example.com',
  });
});

test('without trusted proxies nobody can hand certificates over', () => {
  expect(faultsOf(settings, { [FILE]: ON })).toMatchObject([{ setting: 'features.mtls' }]);
  expect(faultsOf(behindProxy, { [FILE]: ON })).toEqual([]);
});

test.each([
  ['certificate_header: Cookie', 'certificate_header'],
  ['certificate_header: "X Cert"', 'certificate_header'],
  ['certificate_header: ""', 'certificate_header'],
  ['certificate_encoding: pem', 'certificate_encoding'],
  ['verification: yes', 'verification'],
  ['verification: header', 'verification_header'],
  ['verification_header: X-Verified', 'verification_header'],
  ['endpoint: mtls.id.example.com', 'endpoint'],
  ['endpoint: https://mtls.id.example.com/', 'endpoint'],
  ['endpoint: https://MTLS.id.example.com', 'endpoint'],
  ['header: X-Cert', 'header'],
])('%s is refused', (line, key) => {
  const faults = faultsOf(behindProxy, { [FILE]: `${ON}mtls:\n  ${line}\n` });
  expect(faults).toMatchObject([{ setting: `CONFIG mtls.${key}` }]);
});

test.each(['https://id.example.com', 'http://mtls.id.example.com'])(
  'the endpoint cannot be %s',
  (endpoint) => {
    const text = `${ON}mtls: { endpoint: "${endpoint}" }\n`;
    const production = {
      ...behindProxy,
      NODE_ENV: 'production',
      SECRET_KEY: SECRET,
      DATABASE_URL: 'postgres://db/latchkey',
    };
    expect(faultsOf(production, { [FILE]: text })).toMatchObject([{ setting: 'mtls.endpoint' }]);
  },
);
