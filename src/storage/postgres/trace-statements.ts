import type { Knex } from 'knex';

/** Follows statements; undefined outside any trace. */
export type BeginStatement = (
  summary: string,
  attributes: Readonly<Record<string, string>>,
) => { end(failure?: string): void } | undefined;

interface Query {
  readonly __knexQueryUid: string;
  readonly sql: string;
  readonly options?: { readonly name?: string };
}

/** Has every statement followed by its name, or by what it does to which table; never with its values. */
export function traceStatements(knex: Knex, begin: BeginStatement): void {
  followers.set(keyOf(knex), begin);
  const underWay = new Map<string, { end(failure?: string): void }>();
  const end = ({ __knexQueryUid: uid }: Query, failure?: string): void => {
    underWay.get(uid)?.end(failure);
    underWay.delete(uid);
  };
  knex.on('query', (query: Query) => {
    const summary = query.options?.name ?? summaryOf(query.sql);
    const span = begin(summary, attributesOf(summary));
    if (span) underWay.set(query.__knexQueryUid, span);
  });
  knex.on('query-response', (_response: unknown, query: Query) => {
    end(query);
  });
  knex.on('query-error', (error: unknown, query: Query) => {
    end(query, codeOf(error));
  });
}

/** Runs a statement that goes past Knex's query builder, and so past its events, as `traceStatements` has it followed. */
export function followStatement<Result>(
  knex: Knex,
  name: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const span = followers.get(keyOf(knex))?.(name, attributesOf(name));
  return span ? untilDone(span, run) : run();
}

async function untilDone<Result>(
  span: { end(failure?: string): void },
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await run();
    span.end();
    return result;
  } catch (error) {
    span.end(codeOf(error));
    throw error;
  }
}

/** By what a pool and its transactions have in common. */
const followers = new WeakMap<object, BeginStatement>();

function keyOf(knex: Knex): object {
  return (knex.client as { readonly config: object }).config;
}

function attributesOf(summary: string): Readonly<Record<string, string>> {
  return { 'db.system.name': 'postgresql', 'db.query.summary': summary };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'error';
}

const TABLE = /\b(?:from|into|update|join)\s+(?:only\s+)?"?([a-z_]+)"?/i;

const CHANGE = /\b(?:select|insert|update|delete)\b/i;

/** `select accounts`: what a statement does first, and the first table that it names; else its first word. */
export function summaryOf(sql: string): string {
  const [verb = ''] = CHANGE.exec(sql) ?? /[a-z]+/i.exec(sql) ?? [];
  const [, table] = TABLE.exec(sql) ?? [];
  return [verb.toLowerCase(), ...(table === undefined ? [] : [table])].join(' ');
}
