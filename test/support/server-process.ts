import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export const PROJECT = path.resolve(import.meta.dirname, '../..');
export const SERVER_PROGRAM = 'dist/main.js';
export const CLI_PROGRAM = 'dist/latchkey.js';

export type Settings = Readonly<Record<string, string>>;

/** A secret key that tests use where they do not care. */
export const SECRET_KEY = 'mYx3kq0Jb8vT5nRz1sWd7hGf2cLpE9uA';

/** How a process ended. */
export interface Ended {
  /** null: by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the protocol library says on Node 20 whenever it is loaded. */
const UNSUPPORTED_RUNTIME = /^oidc-provider WARNING: Unsupported runtime\./;

/** The lines of the standard error, without the protocol library's opinion of the runtime. */
export function complaints({ stderr }: Pick<Ended, 'stderr'>): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !UNSUPPORTED_RUNTIME.test(line));
}

/** A process of the product. */
export interface ProductProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when the process has ended and all that it wrote was read. */
  readonly ended: Promise<Ended>;
  /** Resolves as soon as the standard output matches. @throws {Error} when the process ends before */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

// A test that fails before it stops what it started must not leave it behind, nor keep Jest waiting for it.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a program of the product, which the test run has built, with these settings and nothing else of this process' own environment than what
 * finds programs and folders.
 */
export function launch(program: string, args: readonly string[], settings: Settings): ProductProcess {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    cwd: PROJECT,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...settings },
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    ...text,
  }));
  return {
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ended,
    async printed(pattern) {
      for (;;) {
        const match = pattern.exec(text.stdout);
        if (match) return match;
        const more = once(child.stdout, 'data').then(() => 'more');
        if ((await Promise.race([more, ended])) !== 'more') {
          throw new Error(`The process ended before it printed ${pattern}:\n${text.stdout}\n${text.stderr}`);
        }
      }
    },
  };
}
