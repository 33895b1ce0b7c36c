import { faultsOf, readFileText } from './sources.js';

const DECLARED = `
scopes: [{ name: read, description: see }]
resources: [{ identifier: https://a.example.test, scopes: [read] }]
`;
const FILE = '/srv/latchkey/latchkey.yaml';
const textOf = (section: string): string => `${DECLARED}client_registration: ${section}\n`;

test('nobody registers unless the file says so', () => {
  expect(readFileText('').clientRegistration.mode).toBe('off');
  expect(readFileText(textOf('{ mode: open }')).clientRegistration.mode).toBe('open');
});

test('what applications get is declared', () => {
  const { policy } = readFileText(
    textOf(
      '{ mode: open, scopes: [openid, read], resources: [https://a.example.test], redirect_hosts: ["*.a.test", "com.example.app:"] }',
    ),
  ).clientRegistration;
  expect(policy).toMatchObject({ scopes: ['openid', 'read'], resources: ['https://a.example.test'] });
});

test.each([
  ['{ mode: yes }', 'mode'],
  ['{ scopes: [pay] }', 'scopes[0]'],
  // A scope of this provider's own API is nothing that a stranger gets.
  ['{ scopes: [openid, "users:write"] }', 'scopes[1]'],
  ['{ resources: [https://b.example.test] }', 'resources[0]'],
  ['{ redirect_hosts: ["https://a.test/"] }', 'redirect_hosts[0]'],
  ['{ redirect_hosts: ["*"] }', 'redirect_hosts[0]'],
  ['{ grant_types: [password] }', 'grant_types[0]'],
  ['{ grant_types: [] }', 'grant_types'],
  ['{ unused_days: 0 }', 'unused_days'],
  ['{ max_unused: 1.5 }', 'max_unused'],
])('%s is refused at %s', (section, place) => {
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(section) });
  expect(faults.map(({ setting }) => setting)).toContain(`CONFIG client_registration.${place}`);
});
