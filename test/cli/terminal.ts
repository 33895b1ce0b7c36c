import { PassThrough, Readable } from 'node:stream';
import type { CliContext, OpenedApplication } from '../../src/cli/cli-context.js';
import { runCli, type RegisterCommands } from '../../src/cli/run-cli.js';
import type { CliInput } from '../../src/cli/terminal.js';
import { foreignHashReader } from '../../src/security/foreign-hashes/foreign-hash-reader.js';
import type { AuditReader } from '../../src/domain/audit/audit-log.js';
import { createAccountDeps } from '../support/account-deps.js';
import { createInMemoryClientStore } from '../support/in-memory-client-store.js';
import { noAuditReader } from '../support/recording-audit-trail.js';
import { storesOf } from '../support/stores-of.js';

function notUsed(): never {
  throw new Error('These commands do not use this.');
}

/** A terminal at which somebody types. */
export interface TypingTerminal {
  readonly stdin: CliInput;
  /** Whether what is typed would show, at each change of the mode. */
  readonly rawModes: boolean[];
  /** Answers the next question, as keys come. */
  type(keys: string): void;
}

/** Makes a terminal for passwords: nobody sees what is typed while it is in raw mode. */
export function createTypingTerminal(): TypingTerminal {
  const stream = new PassThrough();
  const rawModes: boolean[] = [];
  const stdin: CliInput = Object.assign(stream, {
    isTTY: true,
    setRawMode: (enabled: boolean) => rawModes.push(enabled),
  });
  return { stdin, rawModes, type: (keys) => stream.write(keys) };
}

/** A frame with these commands over accounts in memory. */
export function createFrame(register: RegisterCommands, auditReader: AuditReader = noAuditReader) {
  const deps = createAccountDeps();
  let opened = 0;
  let closed = 0;
  const stores = storesOf({ ...deps, clients: createInMemoryClientStore() });
  const application: OpenedApplication = {
    ...deps,
    stores,
    foreignHashes: foreignHashReader,
    auditReader,
    unitOfWork: { run: (work) => deps.unitOfWork.run(() => work(stores)) },
    clientSecretHasher: { hash: notUsed, matches: notUsed },
    signingKeyGenerator: { generate: notUsed },
    signingKeyReader: { read: notUsed },
    signingKeyPlan: { publishSeconds: 0, rotationSeconds: undefined, retentionSeconds: 0 },
    mail: { available: true },
    signUp: { mode: 'invitation', emailDomains: [] },
    identityProviders: [],
    knownScopes: [],
    knownResources: [],
    declaredClients: [],
    close: () => {
      closed += 1;
      return Promise.resolve();
    },
  };

  const run = async (args: readonly string[], stdin: CliInput | string = '') => {
    const written = { out: '', err: '' };
    const code = await runCli(
      args,
      {
        stdin: typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]) : stdin,
        stdout: { write: (text) => (written.out += text) },
        stderr: { write: (text) => (written.err += text) },
        open: () => {
          opened += 1;
          return Promise.resolve(application);
        },
        describeFailure: (error) =>
          error instanceof RangeError ? ['The database is away.', 'Start it.'] : undefined,
      },
      '1.2.3',
      [register],
    );
    return { code, ...written };
  };

  return {
    deps,
    stores,
    run,
    /** Runs a command with `--json` that must succeed. @returns what it printed, parsed */
    async runJson(args: readonly string[], stdin?: CliInput | string): Promise<unknown> {
      const { code, out, err } = await run([...args, '--json'], stdin);
      if (code !== 0) throw new Error(`exit code ${code}: ${err}`);
      return JSON.parse(out);
    },
    /** How often the application was opened and closed. */
    uses: () => ({ opened, closed }),
  };
}

/** A command that only passes on what it is given. */
export function registerProbe(
  work: Parameters<CliContext['run']>[1],
  present: (result: unknown) => string = String,
): RegisterCommands {
  return (program, cli) => {
    program
      .command('probe')
      .argument('[text]')
      .option('--json')
      .action((_text: string | undefined, options: { readonly json?: boolean }) =>
        cli.run(options, work, present),
      );
  };
}
