import { mayUseClient } from '../../../src/domain/clients/client-access.js';
import { clientFaults } from '../../../src/domain/clients/client-rules.js';
import { buildClient } from '../../support/build-client.js';
import { accountWith } from '../../storage/conformance/account-store.js';

const ada = accountWith({
  roles: ['editor'],
  groups: [{ id: 'g', name: 'Help desk', roles: ['support'] }],
});

describe('who may use a client', () => {
  test.each([
    ['everybody, where nothing is said', [], [], true],
    ['who has a role', ['nothing', 'editor'], [], true],
    ['who has a role by a group', ['support'], [], true],
    ['not who has no such role', ['admin'], [], false],
    ['who belongs to a group, whatever its case', [], ['HELP desk'], true],
    ['not who belongs to no such group', [], ['Sales'], false],
    ['who has one or the other', ['admin'], ['Help desk'], true],
    ['not who has neither', ['admin'], ['Sales'], false],
    ['not by a group that is called like a role', ['Help desk'], ['editor'], false],
  ])('%s', (_who, allowedRoles, allowedGroups, expected) => {
    expect(mayUseClient(ada, { allowedRoles, allowedGroups })).toBe(expected);
  });

  test('faults are named', () => {
    const rules = { knownScopes: ['openid', 'profile'], knownResources: [] };
    const faults = clientFaults(
      buildClient({ allowedRoles: ['a', 'a', 'No'], allowedGroups: ['', 'Sales'] }),
      rules,
    );
    expect(faults.map(({ field, code }) => `${field}: ${code}`)).toEqual([
      'allowed_roles: repeated',
      'allowed_roles/2: role_invalid',
      'allowed_groups/0: group_name_invalid',
    ]);
    const service = buildClient({ type: 'service', redirectUris: [], scopes: [], allowedGroups: ['Sales'] });
    expect(clientFaults(service, rules).map(({ code }) => code)).toEqual(['access_not_used']);
  });
});
