import { registerGroupCommands } from '../../src/cli/group-commands.js';
import { registerRoleCommands, registerUserRoleCommands } from '../../src/cli/role-commands.js';
import type { RegisterCommands } from '../../src/cli/run-cli.js';
import { registerUserCommands } from '../../src/cli/user-commands.js';
import { createFrame } from './terminal.js';

const all: RegisterCommands = (program, cli) => {
  registerUserCommands(program, cli);
  registerUserRoleCommands(program, cli);
  registerRoleCommands(program, cli);
  registerGroupCommands(program, cli);
};

let frame: ReturnType<typeof createFrame>;
beforeEach(() => {
  frame = createFrame(all);
});

const support = ['role', 'create', 'support', '--description', 'Helps'];

describe('role', () => {
  test('is created, listed, shown, changed and deleted', async () => {
    const permissions = ['--permission', 'users:write', '--permission', 'users:read'];
    expect(await frame.runJson([...support, ...permissions])).toEqual({
      name: 'support',
      description: 'Helps',
      permissions: ['users:read', 'users:write'],
      built_in: false,
      source: 'database',
      created_at: '2026-11-23T12:00:00.000Z',
      updated_at: '2026-11-23T12:00:00.000Z',
    });
    expect(await frame.runJson(['role', 'list'])).toMatchObject([
      { name: 'admin', built_in: true },
      { name: 'support' },
    ]);
    const { out } = await frame.run(['role', 'list']);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect((await frame.run(['role', 'show', 'support'])).out).toContain('users:read users:write');
    expect(await frame.runJson(['role', 'update', 'support', '--no-permission'])).toMatchObject({
      description: 'Helps',
      permissions: [],
    });
    expect(await frame.runJson(['role', 'delete', 'support'])).toEqual({ name: 'support', deleted: true });
    expect(await frame.run(['role', 'show', 'support'])).toMatchObject({ code: 1, out: '' });
  });

  test('that is built in stays', async () => {
    const { code, err } = await frame.run(['role', 'delete', 'admin']);
    expect([code, err]).toEqual([1, 'Error: The role admin is built in; it cannot be changed or deleted.\n']);
  });

  test('is given to users and taken again', async () => {
    await frame.run(support);
    await frame.run(['user', 'create', '--email', 'ada@example.com']);
    const assigned = await frame.runJson(['user', 'assign-role', 'ada@example.com', 'support']);
    expect(assigned).toMatchObject({ email: 'ada@example.com', roles: ['support'] });
    const unassigned = await frame.runJson(['user', 'unassign-role', 'ada@example.com', 'support']);
    expect(unassigned).toMatchObject({ roles: [] });
    const { code, err } = await frame.run(['user', 'assign-role', 'ada@example.com', 'none']);
    expect([code, err]).toEqual([1, 'Error in role/0: There is no role "none"; create it first.\n']);
  });
});

describe('group', () => {
  test('is created, listed, shown with its members, changed and deleted', async () => {
    await frame.run(support);
    await frame.run(['user', 'create', '--email', 'ada@example.com']);
    const created = await frame.runJson(['group', 'create', 'Help desk', '--role', 'support']);
    expect(created).toMatchObject({ name: 'Help desk', description: '', roles: ['support'] });
    const member = await frame.runJson(['group', 'add-member', 'help desk', 'ada@example.com']);
    expect(member).toMatchObject({ roles: [], groups: ['Help desk'] });
    expect(await frame.runJson(['group', 'show', 'Help desk'])).toMatchObject({
      name: 'Help desk',
      members: [{ email: 'ada@example.com' }],
    });
    expect((await frame.run(['group', 'show', 'Help desk'])).out).toMatch(/Members +ada@example\.com/);
    expect((await frame.run(['user', 'show', 'ada@example.com'])).out).toMatch(/Groups +Help desk/);
    const renamed = await frame.runJson(['group', 'update', 'Help desk', '--name', 'Desk', '--no-role']);
    expect(renamed).toMatchObject({ name: 'Desk', roles: [] });
    expect(await frame.runJson(['group', 'list'])).toMatchObject([{ name: 'Desk' }]);
    expect(await frame.runJson(['group', 'remove-member', 'Desk', 'ada@example.com'])).toMatchObject({
      groups: [],
    });
    expect(await frame.runJson(['group', 'delete', 'Desk'])).toMatchObject({ deleted: true });
    expect((await frame.run(['group', 'list'])).out).toContain('There are no groups yet.');
  });
});

test.each([
  ['a role without a name', ['role', 'create']],
  ['a change of nothing', ['role', 'update', 'support', '--json']],
  ['a group changed in nothing', ['group', 'update', 'Desk']],
  ['a member without a group', ['group', 'add-member', 'ada@example.com']],
])('exits with 2 for %s', async (_what, args) => {
  expect((await frame.run(args)).code).toBe(2);
});
