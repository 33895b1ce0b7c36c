import type { FieldFault } from '../errors.js';
import { normalizeLogin } from './normalize-login.js';
import type { AccountKeys } from './bulk-account-store.js';
import { readImportLine, type ImportedAccount, type ReadImportLineDeps } from './import-line.js';
import type { ImportLine } from './import-lines.js';

/** A line that could be read. */
export interface ImportEntry {
  readonly line: number;
  readonly account: ImportedAccount;
  /** Normalised. */
  readonly email: string;
  /** Normalised. */
  readonly username: string | undefined;
}

/** A line of a batch: one that could be read, or why not. */
export type BatchItem = ImportEntry | { readonly line: number; readonly faults: readonly FieldFault[] };

/** Lines that are written together. */
const BATCH_LINES = 500;
/** Characters: so that long lines do not fill the memory. */
const BATCH_LENGTH = 4_000_000;

/**
 * Reads lines into batches. Of one batch no two lines name the same account, so that each line finds what those before
 * it wrote.
 * @param resumeAfterLine lines up to this one are passed over
 */
export async function* readBatches(
  deps: ReadImportLineDeps & { readonly clock: { now(): Date } },
  lines: AsyncIterable<ImportLine>,
  resumeAfterLine: number,
): AsyncGenerator<readonly BatchItem[]> {
  let batch: BatchItem[] = [];
  let length = 0;
  let keys = new Set<string>();
  for await (const read of lines) {
    if (read.line <= resumeAfterLine) continue;
    const item = toItem(deps, read);
    const itemKeys = 'account' in item ? keysOf(item) : [];
    if (batch.length >= BATCH_LINES || length >= BATCH_LENGTH || itemKeys.some((key) => keys.has(key))) {
      yield batch;
      batch = [];
      length = 0;
      keys = new Set();
    }
    batch.push(item);
    length += 'text' in read ? read.text.length : 0;
    for (const key of itemKeys) keys.add(key);
  }
  if (batch.length > 0) yield batch;
}

function toItem(deps: Parameters<typeof readBatches>[0], read: ImportLine): BatchItem {
  const { line } = read;
  if ('fault' in read) return { line, faults: [read.fault] };
  const result = readImportLine(deps, read.text, deps.clock.now());
  if ('faults' in result) return { line, faults: result.faults };
  const { account } = result;
  const username = typeof account.username === 'string' ? normalizeLogin(account.username) : undefined;
  return { line, account, email: normalizeLogin(account.email), username };
}

/** What a line names its account by, each kind told from the others. */
export function keysOf({ account, email, username }: ImportEntry): readonly string[] {
  return [
    ...(account.id === undefined ? [] : [`id ${account.id}`]),
    `email ${email}`,
    ...(username === undefined ? [] : [`username ${username}`]),
  ];
}

/** The same of many lines, as a store looks them up. */
export function accountKeysOf(entries: readonly ImportEntry[]): AccountKeys {
  return {
    ids: entries.flatMap(({ account }) => account.id ?? []),
    emails: entries.map(({ email }) => email),
    usernames: entries.flatMap(({ username }) => username ?? []),
  };
}
