#!/usr/bin/env node
import { describeStartFailure } from '../composition/describe-start-failure.js';
import { VERSION } from '../domain/version.js';
import { registerAdminCommands } from './admin-commands.js';
import { registerAuditCommands } from './audit-commands.js';
import { registerBackupCommands } from './backup-commands.js';
import { registerClientCommands } from './client-commands.js';
import { registerDoctorCommand } from './doctor-command.js';
import { registerGrantCommands } from './grant-commands.js';
import { registerGroupCommands } from './group-commands.js';
import { registerInvitationCommands } from './invitation-commands.js';
import { registerKeyCommands } from './key-commands.js';
import { registerLogoutCommands } from './logout-commands.js';
import { registerMailCommands } from './mail-commands.js';
import { registerRoleCommands, registerUserRoleCommands } from './role-commands.js';
import { runCli } from './run-cli.js';
import { registerSessionCommands } from './session-commands.js';
import { registerSystemCommands } from './system-commands.js';
import { registerTokenCommands } from './token-commands.js';
import { registerUserCommands } from './user-commands.js';
import { registerUserCredentialCommands } from './user-credential-commands.js';
import { registerUserLinkedAccountCommands } from './user-linked-account-commands.js';
import { registerUserLinkCommands } from './user-link-commands.js';
import { registerViewsCommands } from './views-commands.js';

// Whoever reads may stop early, as `head` does: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

// Most of the program is loaded only by the command that needs it, so that help and mistakes are answered at once.
const config = async () => (await import('../config/load-config.js')).loadConfig();

const exitCode = await runCli(
  process.argv.slice(2),
  {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    open: async () =>
      (await import('../composition/open-application.js')).openApplication(await config(), {
        applicationName: 'latchkey-cli',
        origin: { actor: { kind: 'operator' } },
      }),
    describeFailure: describeStartFailure,
  },
  VERSION,
  [
    (program, cli) => {
      registerSystemCommands(program, cli, {
        serve: async () => (await import('../serve.js')).serve(),
        migrate: async (action) =>
          (await import('../composition/run-migrations.js')).runMigrations(await config(), action),
        printConfig: async (options) =>
          (await import('../config/redact-config.js')).printableConfig(await config(), options),
      });
    },
    (program, cli) => {
      registerDoctorCommand(program, cli, {
        examine: async () =>
          (await import('../composition/run-doctor.js')).runDoctor(
            (await import('../config/load-config.js')).loadConfig,
          ),
      });
    },
    (program, cli) => {
      registerBackupCommands(program, cli, {
        backup: async ({ to, ...request }) =>
          (await import('../composition/backup-database.js')).backupDatabase(await config(), {
            to: to === '-' ? process.stdout : to,
            ...request,
          }),
        restore: async ({ from, ...request }) =>
          (await import('../composition/restore-database.js')).restoreDatabase(await config(), {
            from: from === '-' ? process.stdin : from,
            ...request,
          }),
      });
    },
    registerAdminCommands,
    registerUserCommands,
    registerUserRoleCommands,
    registerUserLinkCommands,
    registerUserCredentialCommands,
    registerInvitationCommands,
    registerUserLinkedAccountCommands,
    registerRoleCommands,
    registerGroupCommands,
    registerClientCommands,
    registerSessionCommands,
    registerLogoutCommands,
    registerGrantCommands,
    registerTokenCommands,
    registerKeyCommands,
    (program, cli) => {
      registerMailCommands(program, cli, {
        sendTest: async (to) =>
          (await import('../composition/open-mailer.js')).sendTestMail(await config(), to),
      });
    },
    registerAuditCommands,
    (program, cli) => {
      registerViewsCommands(program, cli, {
        eject: async (page, folder) =>
          (await import('../composition/views-folder.js')).ejectView(page, folder),
        check: async (folder) => (await import('../composition/views-folder.js')).checkViewsFolder(folder),
      });
    },
  ],
);
process.exit(exitCode);
