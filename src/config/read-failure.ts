import { quote } from './refusal.js';

/**
 * Says why a file could not be read.
 * @param file the path as it was written
 * @param error what reading it threw
 */
export function describeReadFailure(file: string, error: unknown): { problem: string; remedy: string } {
  const code = systemErrorCode(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        problem: `names the file ${quote(file)}, which does not exist`,
        remedy: 'Correct the path or make the file.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        problem: `names the file ${quote(file)}, which this user may not read`,
        remedy: 'Give the user that runs Latchkey permission to read it.',
      };
    case 'EISDIR':
      return { problem: `names ${quote(file)}, which is a folder`, remedy: 'Name a file.' };
    default:
      return {
        problem: `names the file ${quote(file)}, which cannot be read (${code})`,
        remedy: 'Name a text file that can be read.',
      };
  }
}

/** The system's name for what went wrong, such as `ENOENT`. */
export function systemErrorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'unknown error';
}
