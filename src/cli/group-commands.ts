import type { Command } from 'commander';
import { accountInformation } from '../domain/accounts/account-information.js';
import { showAccount } from '../domain/accounts/show-account.js';
import { LARGEST_PAGE } from '../domain/accounts/list-accounts.js';
import { createGroup } from '../domain/groups/create-group.js';
import { deleteGroup } from '../domain/groups/delete-group.js';
import { addGroupMember, removeGroupMember } from '../domain/groups/group-membership.js';
import type { GroupMember } from '../domain/groups/group-store.js';
import { listGroupMembers, listGroups, showGroup } from '../domain/groups/list-groups.js';
import { updateGroup } from '../domain/groups/update-group.js';
import { OPERATOR } from '../domain/roles/grantor.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentAccount } from './present-account.js';
import { groupAsJson, presentGroup, presentGroups } from './present-role.js';

interface JsonOption {
  readonly json?: boolean;
}

interface GroupOptions extends JsonOption {
  readonly name?: string;
  readonly description?: string;
  /** false: all are taken away, by `--no-role`. */
  readonly role?: readonly string[] | false;
}

const WHICH_GROUP = 'id or name';

/** Adds `group list|show|create|update|delete|add-member|remove-member`. */
export function registerGroupCommands(program: Command, cli: CliContext): void {
  const group = program.command('group').description('manage groups of people');
  addList(group, cli);
  addShow(group, cli);
  addCreate(group, cli);
  addUpdate(group, cli);
  addDelete(group, cli);
  addMembership(group, cli, 'add-member', 'take a user into a group', addGroupMember);
  addMembership(
    group,
    cli,
    'remove-member',
    'take a user out of a group; when a role is lost by that, all their sessions and tokens end',
    removeGroupMember,
  );
}

function addList(group: Command, cli: CliContext): void {
  group
    .command('list')
    .description('list all groups')
    .option('--json', 'print JSON')
    .action((options: JsonOption) =>
      cli.run(
        options,
        ({ stores }) => listGroups(stores),
        presentGroups,
        (groups) => groups.map(groupAsJson),
      ),
    );
}

function addShow(group: Command, cli: CliContext): void {
  group
    .command('show')
    .description('show a group with its members')
    .argument('<group>', WHICH_GROUP)
    .option('--json', 'print JSON')
    .action((identifier: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          const found = await showGroup(deps.stores, identifier);
          return { found, members: await listAllMembers(deps, found.id) };
        },
        ({ found, members }) => presentGroup(found, members),
        ({ found, members }) => ({
          ...groupAsJson(found),
          members: members.map(({ accountId, email }) => ({ id: accountId, email })),
        }),
      ),
    );
}

function addCreate(group: Command, cli: CliContext): void {
  group
    .command('create')
    .description('create a group')
    .argument('<name>', 'name, which apps are told; put several words in quotes')
    .option('--description <text>', 'for those who administer')
    .option('--role <role>', 'role that every member has by it; repeat for several', collect)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey group create "Help desk" --role support')
    .action((name: string, options: GroupOptions) =>
      cli.run(
        options,
        (deps) => createGroup(deps, OPERATOR, { ...toAttributes(options), name }),
        (created) => presentGroup(created),
        groupAsJson,
      ),
    );
}

function addUpdate(group: Command, cli: CliContext): void {
  group
    .command('update')
    .description('change a group; roles hold at once for all members')
    .argument('<group>', WHICH_GROUP)
    .option('--name <name>', 'another name')
    .option('--description <text>', 'for those who administer')
    .option('--role <role>', 'replaces all of them; repeat for several', collect)
    .option('--no-role', 'no roles')
    .option('--json', 'print JSON')
    .action((identifier: string, { json, ...options }: GroupOptions, command: Command) => {
      if (Object.keys(options).length === 0) command.error('error: name what to change, see --help');
      return cli.run(
        { ...(json !== undefined && { json }) },
        async (deps) => {
          const { id } = await showGroup(deps.stores, identifier);
          return updateGroup(deps, OPERATOR, id, toAttributes(options));
        },
        (updated) => presentGroup(updated),
        groupAsJson,
      );
    });
}

function addDelete(group: Command, cli: CliContext): void {
  group
    .command('delete')
    .description('delete a group; its members stay, without the roles that they had by it')
    .argument('<group>', WHICH_GROUP)
    .option('--json', 'print JSON')
    .action((identifier: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          const found = await showGroup(deps.stores, identifier);
          await deleteGroup(deps, OPERATOR, found.id);
          return found;
        },
        ({ name }) => `Deleted the group ${name}.`,
        ({ id }) => ({ id, deleted: true }),
      ),
    );
}

function addMembership(
  group: Command,
  cli: CliContext,
  name: string,
  description: string,
  change: typeof addGroupMember,
): void {
  group
    .command(name)
    .description(description)
    .argument('<group>', WHICH_GROUP)
    .argument('<user>', 'id, email address or username')
    .option('--json', 'print JSON')
    .action((identifier: string, user: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          const { id: groupId } = await showGroup(deps.stores, identifier);
          const { id: accountId } = await showAccount(deps.stores, user);
          return change(deps, OPERATOR, { groupId, accountId });
        },
        presentAccount,
        accountInformation,
      ),
    );
}

async function listAllMembers({ stores }: CliDependencies, groupId: string): Promise<readonly GroupMember[]> {
  const all: GroupMember[] = [];
  let after: string | undefined;
  do {
    const page = await listGroupMembers(stores, groupId, { limit: LARGEST_PAGE, after });
    all.push(...page.members);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function toAttributes({ name, description, role }: GroupOptions) {
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(role !== undefined && { roles: role === false ? [] : role }),
  };
}

function collect(value: string, earlier: readonly string[] | false = []): readonly string[] {
  return [...(earlier === false ? [] : earlier), value];
}
