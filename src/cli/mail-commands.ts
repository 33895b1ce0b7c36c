import { Option, type Command } from 'commander';
import { isAccountId } from '../domain/accounts/account-id.js';
import { DomainError } from '../domain/errors.js';
import { mailFaultRemedy } from '../domain/mail/mail-fault-remedy.js';
import { listMails } from '../domain/mail/list-mails.js';
import { MAIL_STATES, type MailFault, type MailRecord, type MailState } from '../domain/mail/mail-queue.js';
import { presentMail } from '../domain/mail/present-mail.js';
import { retryMails } from '../domain/mail/retry-mails.js';
import { LARGEST_PAGE } from '../domain/page.js';
import type { CliContext, CliDependencies } from './cli-context.js';
import { presentTable, printable } from './output.js';

/** What a mail server answered to a test mail. */
type TestOutcome =
  | { readonly delivered: true; readonly answer: string }
  | {
      readonly delivered: false;
      readonly answer: string;
      readonly fault: MailFault;
      readonly step: string | undefined;
    };

export interface MailCommandParts {
  /** Sends a test mail at once. */
  readonly sendTest: (to: string) => Promise<TestOutcome>;
}

interface ListOptions {
  readonly state?: MailState;
  readonly json?: boolean;
}

/** Adds `mail list|retry|test`. */
export function registerMailCommands(
  program: Command,
  cli: CliContext,
  { sendTest }: MailCommandParts,
): void {
  const mail = program.command('mail').description('see what was sent, and try the mail server');
  mail
    .command('list')
    .description('list mails of the last 30 days, the newest first; not to whom they go')
    .addOption(new Option('--state <state>', 'only these').choices(MAIL_STATES))
    .option('--json', 'print JSON')
    .action((options: ListOptions) =>
      cli.run(
        options,
        (deps) => listAll(deps, options),
        presentMails,
        (mails) => mails.map(presentMail),
      ),
    );
  mail
    .command('retry')
    .description('send a mail that was given up once more, for as long as its link works')
    .argument('[id]', 'see `mail list --state dead`')
    .option('--dead', 'all that were given up')
    .option('--json', 'print JSON')
    .action((id: string | undefined, options: { readonly dead?: boolean; readonly json?: boolean }) =>
      cli.run(
        options,
        (deps) => retryMails(deps, wantedId(id, options.dead === true)),
        (ids) => (ids.length === 1 ? 'One mail is sent again.' : `${ids.length} mails are sent again.`),
        (ids) => ({ retried: ids }),
      ),
    );
  mail
    .command('test')
    .description('send a test mail at once, and tell what the mail server answers')
    .requiredOption('--to <address>', 'where to')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey mail test --to ada@example.com')
    .action(({ to, ...options }: { readonly to: string; readonly json?: boolean }) =>
      cli.runAlone(
        options,
        async () => {
          const outcome = await sendTest(to);
          if (!outcome.delivered) throw testFailed(outcome);
          return outcome;
        },
        ({ answer }) => `The mail server took the mail: ${printable(answer)}`,
        ({ answer }) => ({ delivered: true, answer }),
      ),
    );
}

function wantedId(id: string | undefined, all: boolean): string | undefined {
  if (id !== undefined && !all && isAccountId(id)) return id;
  if (id === undefined && all) return undefined;
  throw new DomainError(
    'invalid_input',
    'Give either the id of one mail, see `latchkey mail list`, or --dead.',
  );
}

async function listAll({ stores }: CliDependencies, { state }: ListOptions): Promise<readonly MailRecord[]> {
  const all: MailRecord[] = [];
  let after: string | undefined;
  do {
    const page = await listMails(stores, { limit: LARGEST_PAGE, after, state });
    all.push(...page.mails);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function presentMails(mails: readonly MailRecord[]): string {
  if (mails.length === 0) return 'No mails.';
  return presentTable(
    ['ID', 'KIND', 'STATE', 'CREATED', 'TRIES', 'NEXT TRY', 'ERROR'],
    mails.map((mail) => [
      mail.id,
      mail.kind,
      mail.state,
      mail.createdAt.toISOString(),
      String(mail.attempts),
      mail.state === 'pending' ? mail.nextAttemptAt.toISOString() : '',
      mail.fault ?? '',
    ]),
  );
}

function testFailed({ fault, answer, step }: Extract<TestOutcome, { delivered: false }>): DomainError {
  const said = printable(`${step === undefined ? '' : `${step}: `}${answer}`);
  const lines = [`The test mail was not sent (${fault}).`, said, mailFaultRemedy(fault)];
  return new DomainError('invalid_input', lines.filter((line) => line !== '').join('\n'));
}
