import { DomainError } from '../domain/errors.js';

/** By the system's own name for it, what is wrong when a file is read and when one is written. */
const REASONS: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  ENOENT: { from: 'there is no such file', to: 'there is no such folder' },
  ENOTDIR: { from: 'there is no such folder', to: 'there is no such folder' },
  EACCES: { from: 'this user may not read it', to: 'this user may not write there' },
  EPERM: { from: 'this user may not read it', to: 'this user may not write there' },
  EISDIR: { from: 'it is a folder', to: 'it is a folder' },
  ENOSPC: { from: 'the disk is full', to: 'the disk is full' },
  EROFS: { from: 'the disk is read-only', to: 'the disk is read-only' },
};

/** A failure of a file or a pipe, and not of the database's connection; it may come from another realm. */
export function isFileFailure(error: unknown): error is NodeJS.ErrnoException {
  return (
    typeof error === 'object' &&
    error !== null &&
    'syscall' in error &&
    typeof error.syscall === 'string' &&
    /^(open|read|write|rename|fsync)$/.test(error.syscall) &&
    !('address' in error)
  );
}

/**
 * Tells that a file which an option names cannot be used, and why.
 * @param field the option
 * @param file what it names; undefined for standard input and output
 */
export function fileRefusal(
  field: 'from' | 'to' | 'output',
  file: string | undefined,
  { code = 'unknown' }: NodeJS.ErrnoException,
): DomainError {
  const isRead = field === 'from';
  const what = file ?? (isRead ? 'Standard input' : 'Standard output');
  const reason = REASONS[code]?.[isRead ? 'from' : 'to'];
  const because = reason === undefined ? '' : `: ${reason}`;
  const detail = `${what} cannot be ${isRead ? 'read' : 'written'} (${code})${because}.`;
  return new DomainError('invalid_input', detail, [{ field, code: 'file_unusable', detail }]);
}
