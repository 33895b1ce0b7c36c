import type { Command } from 'commander';
import { accountInformation } from '../domain/accounts/account-information.js';
import { showAccount } from '../domain/accounts/show-account.js';
import { assignRole, unassignRole } from '../domain/roles/assign-role.js';
import { createRole } from '../domain/roles/create-role.js';
import { deleteRole } from '../domain/roles/delete-role.js';
import { OPERATOR } from '../domain/roles/grantor.js';
import { listRoles, showRole } from '../domain/roles/list-roles.js';
import { PERMISSIONS } from '../domain/roles/permission.js';
import { updateRole } from '../domain/roles/update-role.js';
import type { CliContext } from './cli-context.js';
import { presentAccount } from './present-account.js';
import { presentRole, presentRoles, roleAsJson } from './present-role.js';

interface JsonOption {
  readonly json?: boolean;
}

interface RoleOptions extends JsonOption {
  readonly description?: string;
  /** false: all are taken away, by `--no-permission`. */
  readonly permission?: readonly string[] | false;
}

/** Adds `role list|show|create|update|delete`. */
export function registerRoleCommands(program: Command, cli: CliContext): void {
  const role = program.command('role').description('manage roles: what people may do');
  role
    .command('list')
    .description('list all roles with their permissions')
    .option('--json', 'print JSON')
    .action((options: JsonOption) =>
      cli.run(
        options,
        ({ stores }) => listRoles(stores),
        presentRoles,
        (roles) => roles.map(roleAsJson),
      ),
    );
  role
    .command('show')
    .description('show a role')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, options: JsonOption) =>
      cli.run(options, ({ stores }) => showRole(stores, name), presentRole, roleAsJson),
    );
  addCreate(role, cli);
  addUpdate(role, cli);
  role
    .command('delete')
    .description('delete a role, also from all users and groups that have it')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          await deleteRole(deps, OPERATOR, name);
          return name;
        },
        (deleted) => `Deleted the role ${deleted}.`,
        (deleted) => ({ name: deleted, deleted: true }),
      ),
    );
}

function addCreate(role: Command, cli: CliContext): void {
  role
    .command('create')
    .description('create a role')
    .argument('<role>', 'name, such as support')
    .option('--description <text>', 'for those who administer')
    .option(
      '--permission <permission>',
      `what it permits at the API: ${PERMISSIONS.join(', ')}; repeat for several`,
      collect,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey role create support --permission users:read')
    .action((name: string, options: RoleOptions) =>
      cli.run(
        options,
        (deps) => createRole(deps, OPERATOR, { name, ...toAttributes(options) }),
        presentRole,
        roleAsJson,
      ),
    );
}

function addUpdate(role: Command, cli: CliContext): void {
  role
    .command('update')
    .description('change a role; it holds at once for everybody who has it')
    .argument('<role>')
    .option('--description <text>', 'for those who administer')
    .option('--permission <permission>', 'replaces all of them; repeat for several', collect)
    .option('--no-permission', 'permit nothing')
    .option('--json', 'print JSON')
    .action((name: string, { json, ...options }: RoleOptions, command: Command) => {
      if (Object.keys(options).length === 0) command.error('error: name what to change, see --help');
      return cli.run(
        { ...(json !== undefined && { json }) },
        (deps) => updateRole(deps, OPERATOR, name, toAttributes(options)),
        presentRole,
        roleAsJson,
      );
    });
}

/** Adds `user assign-role|unassign-role`. @param program with the command `user` */
export function registerUserRoleCommands(program: Command, cli: CliContext): void {
  const user = program.commands.find((command) => command.name() === 'user') ?? program.command('user');
  const commands = [
    ['assign-role', 'give a user a role', assignRole],
    ['unassign-role', 'take a role from a user, and end all their sessions and tokens', unassignRole],
  ] as const;
  for (const [name, description, change] of commands) {
    user
      .command(name)
      .description(description)
      .argument('<user>', 'id, email address or username')
      .argument('<role>', 'name of the role, see: latchkey role list')
      .option('--json', 'print JSON')
      .action((identifier: string, role: string, options: JsonOption) =>
        cli.run(
          options,
          async (deps) => {
            const account = await showAccount(deps.stores, identifier);
            return change(deps, OPERATOR, account.id, role);
          },
          presentAccount,
          accountInformation,
        ),
      );
  }
}

function toAttributes({ description, permission }: RoleOptions) {
  return {
    ...(description !== undefined && { description }),
    ...(permission !== undefined && { permissions: permission === false ? [] : permission }),
  };
}

function collect(value: string, earlier: readonly string[] | false = []): readonly string[] {
  return [...(earlier === false ? [] : earlier), value];
}
