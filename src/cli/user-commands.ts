import type { Command } from 'commander';
import { accountInformation } from '../domain/accounts/account-information.js';
import type { Account } from '../domain/accounts/account.js';
import { changePassword } from '../domain/accounts/change-password.js';
import { createAccount } from '../domain/accounts/create-account.js';
import { deleteAccount } from '../domain/accounts/delete-account.js';
import { setAccountDisabled } from '../domain/accounts/set-account-disabled.js';
import { showAccount } from '../domain/accounts/show-account.js';
import { updateAccount } from '../domain/accounts/update-account.js';
import { DomainError } from '../domain/errors.js';
import type { CliContext } from './cli-context.js';
import { presentAccount } from './present-account.js';
import { askForNewPassword, readPasswordLine } from './read-password.js';
import { addUserExport } from './user-export-command.js';
import { addUserImport } from './user-import-command.js';
import { addUserList } from './user-list-command.js';
import {
  addCreateOptions,
  addUpdateOptions,
  toChanges,
  toNewAccount,
  type CreateUserOptions,
  type UpdateUserOptions,
} from './user-options.js';
import { addUserKeep } from './user-keep-command.js';
import { addUserSignOut } from './user-sign-out-command.js';

interface JsonOption {
  readonly json?: boolean;
}

const WHICH_USER = 'id, email address or username';

/** Adds `user create|list|show|update|disable|enable|delete|set-password|keep|sign-out|import|export`. */
export function registerUserCommands(program: Command, cli: CliContext): void {
  const user = program.command('user').description('manage the people who sign in here');
  addCreate(user, cli);
  addUserList(user, cli);
  addShow(user, cli);
  addUpdate(user, cli);
  addSetDisabled(user, cli, 'disable', true);
  addSetDisabled(user, cli, 'enable', false);
  addDelete(user, cli);
  addSetPassword(user, cli);
  addUserKeep(user, cli);
  addUserSignOut(user, cli);
  addUserImport(user, cli);
  addUserExport(user, cli);
}

function addCreate(user: Command, cli: CliContext): void {
  addCreateOptions(user.command('create').description('create a user'))
    .addHelpText(
      'after',
      `
At a terminal the password is asked for. Without a password the user cannot sign in by password yet.

Examples:
  latchkey user create --email ada@example.com --given-name Ada --family-name Lovelace
  latchkey user create --email ada@example.com --email-verified --password-stdin < password.txt
  latchkey user create --email ada@example.com --claims '{"address":{"country":"UK"}}' --json`,
    )
    .action((options: CreateUserOptions) =>
      cli.run(
        options,
        async (deps) => {
          const password = await newPassword(cli, options, 'Password (empty: none): ');
          const account = await createAccount(deps, toNewAccount(options, password));
          return { account, hasPassword: password !== undefined };
        },
        ({ account, hasPassword }) =>
          hasPassword ? presentAccount(account) : `${presentAccount(account)}\n\n${noPasswordNote(account)}`,
        ({ account, hasPassword }) => ({ ...accountInformation(account), has_password: hasPassword }),
      ),
    );
}

function addShow(user: Command, cli: CliContext): void {
  user
    .command('show')
    .description('show a user')
    .argument('<user>', WHICH_USER)
    .option('--json', 'print JSON')
    .action((identifier: string, options: JsonOption) =>
      cli.run(options, ({ stores }) => showAccount(stores, identifier), presentAccount, accountInformation),
    );
}

function addUpdate(user: Command, cli: CliContext): void {
  addUpdateOptions(user.command('update').description('change a user').argument('<user>', WHICH_USER))
    .addHelpText(
      'after',
      `
What is not named stays. In --claims, null takes a claim away.

Examples:
  latchkey user update ada@example.com --family-name King
  latchkey user update ada@example.com --claims '{"nickname":null}'
  latchkey user update ada@example.com --admin`,
    )
    .action((identifier: string, { json, ...options }: UpdateUserOptions, command: Command) => {
      if (Object.keys(options).length === 0) command.error('error: name what to change, see --help');
      return cli.run(
        { ...(json !== undefined && { json }) },
        async (deps) => {
          const account = await showAccount(deps.stores, identifier);
          return updateAccount(deps, account.id, toChanges(options, account));
        },
        presentAccount,
        accountInformation,
      );
    });
}

function addSetDisabled(user: Command, cli: CliContext, name: string, disabled: boolean): void {
  user
    .command(name)
    .description(
      disabled ? 'refuse a user, and end all their sessions and tokens now' : 'let a disabled user in again',
    )
    .argument('<user>', WHICH_USER)
    .option('--json', 'print JSON')
    .action((identifier: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          const account = await showAccount(deps.stores, identifier);
          return setAccountDisabled(deps, account.id, disabled);
        },
        ({ email }) =>
          disabled ? `Disabled ${email}; their sessions and tokens have ended.` : `Enabled ${email}.`,
        accountInformation,
      ),
    );
}

function addDelete(user: Command, cli: CliContext): void {
  user
    .command('delete')
    .description('delete a user for good, and end all their sessions and tokens')
    .argument('<user>', WHICH_USER)
    .option('--json', 'print JSON')
    .action((identifier: string, options: JsonOption) =>
      cli.run(
        options,
        async (deps) => {
          const account = await showAccount(deps.stores, identifier);
          await deleteAccount(deps, account.id);
          return account;
        },
        ({ email }) => `Deleted ${email}; their sessions and tokens have ended.`,
        ({ id }) => ({ id, deleted: true }),
      ),
    );
}

function addSetPassword(user: Command, cli: CliContext): void {
  user
    .command('set-password')
    .description('give a user a new password, and end all their sessions and tokens')
    .argument('<user>', WHICH_USER)
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('--temporary', 'the user has to choose another one at the next sign-in by it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  latchkey user set-password ada@example.com --password-stdin < password.txt',
    )
    .action((identifier: string, options: JsonOption & PasswordOption, command: Command) => {
      if (!options.passwordStdin && !cli.stdin.isTTY) {
        command.error('error: there is no terminal to ask for the password: use --password-stdin');
      }
      return cli.run(
        options,
        async (deps) => {
          const account = await showAccount(deps.stores, identifier);
          const password = await newPassword(cli, options, `New password for ${account.email}: `);
          if (password === undefined) throw new DomainError('invalid_input', 'No password was given.');
          const scoped = { ...deps, accounts: deps.stores.accounts };
          return changePassword(scoped, account.id, password, undefined, options.temporary);
        },
        ({ email, passwordTemporary }) =>
          `Changed the password of ${email}; their sessions and tokens have ended.` +
          (passwordTemporary ? '\nThey choose another one at the next sign-in by it.' : ''),
        accountInformation,
      );
    });
}

interface PasswordOption {
  readonly passwordStdin?: boolean;
  readonly temporary?: boolean;
}

async function newPassword(
  cli: CliContext,
  { passwordStdin }: PasswordOption,
  question: string,
): Promise<string | undefined> {
  if (passwordStdin) return readPasswordLine(cli.stdin);
  return cli.stdin.isTTY ? askForNewPassword(cli, question) : undefined;
}

function noPasswordNote({ email }: Account): string {
  return `${email} has no password and cannot sign in by password.\nGive them one with: latchkey user set-password ${email}`;
}
