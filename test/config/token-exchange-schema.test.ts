import { faultsOf, readFileText } from './sources.js';

const DECLARED = `
scopes: [{ name: read, description: see }, { name: pay, description: pay }]
resources:
  - { identifier: https://a.example.test, scopes: [read] }
  - { identifier: https://b.example.test, scopes: [pay] }
`;
const FILE = '/srv/latchkey/latchkey.yaml';
const textOf = (policies: string): string => `${DECLARED}token_exchange: [${policies}]\n`;

test('a policy names who acts unless it says otherwise, and the feature is off', () => {
  const read = readFileText(textOf('{ client: a, resources: [https://a.example.test], scopes: [read] }'));
  expect(read.tokenExchange).toEqual([
    { client: 'a', resources: ['https://a.example.test'], scopes: ['read'], delegation: true },
  ]);
  expect(read.features.tokenExchange).toBe(false);
});

test.each([
  ['{ client: a, resources: [https://c.example.test], scopes: [read] }', 'resources[0]'],
  ['{ client: a, resources: [https://a.example.test], scopes: [pay] }', 'scopes[0]'],
  ['{ client: a, resources: [], scopes: [read] }', 'resources'],
  ['{ resources: [https://a.example.test], scopes: [read] }', 'client'],
  ['{ client: a, resources: [https://a.example.test], scopes: [read], users: all }', 'users'],
])('%s is refused at %s', (policy, place) => {
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(policy) });
  expect(faults.map(({ setting }) => setting)).toContain(`CONFIG token_exchange[0].${place}`);
});

test('a client has one policy', () => {
  const policy = '{ client: a, resources: [https://a.example.test], scopes: [read] }';
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(`${policy}, ${policy}`) });
  expect(faults).toMatchObject([{ setting: 'CONFIG token_exchange[1].client' }]);
});
