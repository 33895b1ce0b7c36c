import { DomainError } from '../domain/errors.js';
import type { CliContext } from './cli-context.js';
import type { CliInput } from './terminal.js';

/** Octets; a line longer than this is no password, and must not fill the memory. */
const LONGEST_LINE = 4096;
const END_OF_TEXT = 0x03;
const END_OF_TRANSMISSION = 0x04;
const BACKSPACE = 0x08;
const DELETE = 0x7f;

/**
 * Reads the first line of standard input as a password, without its line break.
 * @throws {DomainError} `invalid_input` when the line is empty, too long or not UTF-8
 */
export async function readPasswordLine(stdin: CliInput): Promise<string> {
  const line: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    const end = bytes.indexOf('\n');
    line.push(end < 0 ? bytes : bytes.subarray(0, end));
    length += bytes.length;
    if (end >= 0 || length > LONGEST_LINE) break;
  }
  const password = decode(Buffer.concat(line)).replace(/\r$/, '');
  if (password === '') throw passwordFault('required', 'Standard input holds no password on its first line.');
  return password;
}

/**
 * Asks for a new password twice at the terminal, without showing it.
 * @returns undefined when nothing was typed
 * @throws {DomainError} `invalid_input` when the two differ
 */
export async function askForNewPassword(cli: CliContext, question: string): Promise<string | undefined> {
  const { stdin } = cli;
  // Before the question, and until both are answered: what is typed early must not show either.
  stdin.setRawMode?.(true);
  try {
    const password = await ask(cli, question);
    if (password === '') return undefined;
    if ((await ask(cli, 'The same again: ')) === password) return password;
    throw passwordFault('password_mismatch', 'The two passwords are not the same. Nothing was changed.');
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
  }
}

async function ask({ stdin, stderr }: CliContext, question: string): Promise<string> {
  stderr.write(question);
  try {
    return await readKeys(stdin);
  } finally {
    stderr.write('\n');
  }
}

/** Collects keys until the line ends; what was pasted beyond it stays for the next question. */
async function readKeys(stdin: CliInput): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: number[] = [];
    const finish = (settle: () => void): void => {
      stdin.off('data', onData).off('end', onEnd);
      settle();
    };
    const onEnd = (): void => finish(() => reject(new Error('Cancelled.')));
    const onData = (chunk: Buffer | string): void => {
      const keys = Buffer.from(chunk);
      for (const [index, key] of keys.entries()) {
        if (key === 0x0a || key === 0x0d) {
          stdin.pause();
          finish(() => resolve(decode(Buffer.from(typed))));
          const rest = keys.subarray(index + 1);
          if (rest.length > 0) stdin.unshift(rest);
          return;
        }
        if (key === END_OF_TEXT || key === END_OF_TRANSMISSION) {
          onEnd();
          return;
        }
        if (key === BACKSPACE || key === DELETE) typed = withoutLastCharacter(typed);
        else typed.push(key);
      }
    };
    stdin.on('data', onData).on('end', onEnd).resume();
  });
}

function withoutLastCharacter(typed: readonly number[]): number[] {
  return [...Buffer.from(Array.from(Buffer.from(typed).toString()).slice(0, -1).join(''))];
}

function decode(bytes: Buffer): string {
  if (bytes.length > LONGEST_LINE) {
    throw passwordFault('password_too_long', `A password is at most ${LONGEST_LINE} octets on one line.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw passwordFault('password_not_utf8', 'The password must be encoded as UTF-8.');
  }
}

function passwordFault(code: string, detail: string): DomainError {
  return new DomainError('invalid_input', detail, [{ field: 'password', code, detail }]);
}
