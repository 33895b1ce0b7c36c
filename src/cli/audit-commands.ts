import { InvalidArgumentError, Option, type Command } from 'commander';
import { AUDIT_EVENT_TYPES, type AuditEvent, type AuditEventType } from '../domain/audit/audit-event.js';
import type { AuditReader } from '../domain/audit/audit-log.js';
import { presentAuditEvent } from '../domain/audit/present-audit-event.js';
import { verifyAuditLog } from '../domain/audit/verify-audit-log.js';
import type { CliContext } from './cli-context.js';
import { presentTable } from './output.js';

/** Events read at a time. */
const PAGE_SIZE = 200;
const DEFAULT_LIMIT = 50;

interface ListOptions {
  readonly type?: readonly AuditEventType[];
  readonly user?: string;
  readonly client?: string;
  readonly request?: string;
  readonly since?: Date;
  readonly limit: number;
  readonly json?: boolean;
}

/** Adds `audit verify` and `event list`. */
export function registerAuditCommands(program: Command, cli: CliContext): void {
  addVerify(program.command('audit').description('check the audit log'), cli);
  addList(program.command('event').description('look at what the audit log tells'), cli);
}

function addVerify(audit: Command, cli: CliContext): void {
  audit
    .command('verify')
    .description('check that no event of the audit log was changed or removed; exits with 1 where one was')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  latchkey audit verify')
    .action((options: { readonly json?: boolean }) =>
      cli.run(
        options,
        ({ auditReader }) => verifyAuditLog(auditReader),
        ({ count, head }) => `The audit log is intact: ${count} events.\nHead: ${head}`,
      ),
    );
}

function addList(event: Command, cli: CliContext): void {
  event
    .command('list')
    .description('list events, newest first')
    .addOption(
      new Option('--type <type>', 'only events of this type; may be given several times')
        .choices(AUDIT_EVENT_TYPES)
        .argParser(readType),
    )
    .option('--user <id>', 'only what this user did, or what was done to them')
    .option('--client <id>', 'only what happened to this client or through it')
    .option(
      '--request <reference>',
      'only what one request did: the reference of an error page or of the log',
    )
    .option(
      '--since <time>',
      'only events from this time on, for instance 2026-11-23 or 2026-11-23T12:00Z',
      readTime,
    )
    .option('--limit <number>', 'at most this many', readLimit, DEFAULT_LIMIT)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  latchkey event list --type sign_in.failed --since 2026-11-23\n  latchkey event list --client shop --json',
    )
    .action((options: ListOptions) =>
      cli.run(
        options,
        ({ auditReader }) => readEvents(auditReader, options),
        presentEvents,
        (events) => events.map(presentAuditEvent),
      ),
    );
}

async function readEvents(
  reader: AuditReader,
  { type, user, client, request, since, limit }: ListOptions,
): Promise<readonly AuditEvent[]> {
  const filters = {
    ...(type === undefined ? {} : { types: type }),
    ...(user === undefined ? {} : { userId: user }),
    ...(client === undefined ? {} : { clientId: client }),
    ...(request === undefined ? {} : { requestId: request }),
    ...(since === undefined ? {} : { since }),
  };
  const events: AuditEvent[] = [];
  let before: number | undefined;
  do {
    const page = await reader.list({
      ...filters,
      limit: Math.min(PAGE_SIZE, limit - events.length),
      ...(before === undefined ? {} : { before }),
    });
    events.push(...page.events);
    before = page.next;
  } while (before !== undefined && events.length < limit);
  return events;
}

function presentEvents(events: readonly AuditEvent[]): string {
  if (events.length === 0) return 'There are no such events.';
  return presentTable(
    ['SEQUENCE', 'AT', 'TYPE', 'ACTOR', 'SUBJECT', 'CLIENT', 'ADDRESS', 'DETAILS'],
    events.map(({ sequence, at, type, actor, subject, clientId = '', address = '', details = {} }) => [
      String(sequence),
      at.toISOString(),
      type,
      actor.id === undefined ? actor.kind : `${actor.kind} ${actor.id}`,
      subject === undefined ? '' : `${subject.kind} ${subject.id}`,
      clientId,
      address,
      Object.keys(details).length === 0 ? '' : JSON.stringify(details),
    ]),
  );
}

function readType(text: string, earlier: readonly AuditEventType[] = []): readonly AuditEventType[] {
  const type = AUDIT_EVENT_TYPES.find((known) => known === text);
  if (type === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${AUDIT_EVENT_TYPES.join(', ')}.`);
  return [...earlier, type];
}

/** Without a zone a time is one of this machine, so a zone is asked for; a day begins at midnight UTC. */
function readTime(text: string): Date {
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\d(T\d\d:\d\d.*(Z|[+-]\d\d:\d\d))?$/.test(text) && !Number.isNaN(at.getTime()))
    return at;
  throw new InvalidArgumentError(
    'It must be a day (2026-11-23) or a time with its zone (2026-11-23T12:00:00Z).',
  );
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,6}$/.test(text) && limit > 0) return limit;
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}
