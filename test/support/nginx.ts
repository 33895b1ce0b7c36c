import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A real nginx, with a configuration that a test writes. */
export interface Nginx {
  /** Takes another configuration; resolves when only that one is in force. */
  configure(http: string): Promise<void>;
  /** What it has written to its error log. */
  readonly log: () => string;
  stop(): Promise<void>;
}

const hasNginx = spawnSync('nginx', ['-v']).status === 0;

const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A suite that needs nginx; without one on PATH, a line says that it did not run. */
export function describeBehindNginx(name: string, suite: () => void): void {
  if (hasNginx) {
    describe(name, suite);
    return;
  }
  test(`${name}: not tested here, since there is no nginx on PATH`, () => {
    process.stderr.write(`There is no nginx on PATH, so “${name}” is not tested.\n`);
    expect(hasNginx).toBe(false);
  });
}

/**
 * Starts nginx in a folder of its own.
 * @param http what stands in its block `http`
 */
export async function startNginx(http: string): Promise<Nginx> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-nginx-'));
  // As root, the workers are another user, who must be able to enter.
  await chmod(folder, 0o755);
  const file = path.join(folder, 'nginx.conf');
  const write = (text: string): Promise<void> => writeFile(file, wholeConfiguration(folder, text));
  await write(http);
  const child = spawn('nginx', ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const ended = once(child, 'close').then(() => {
    running.delete(child);
    return 'ended';
  });
  const logged = async (pattern: RegExp, from: number): Promise<string> => {
    for (;;) {
      const [found] = pattern.exec(log.slice(from)) ?? [];
      if (found !== undefined) return found;
      const more = once(child.stderr, 'data').then(() => 'more');
      if ((await Promise.race([more, ended])) !== 'more') throw new Error(`nginx ended:\n${log}`);
    }
  };
  await logged(/start worker process \d+/, 0);
  return {
    log: () => log,
    async configure(text) {
      const from = log.length;
      const worker = [...log.matchAll(/start worker process (\d+)/g)].at(-1)?.[1] ?? '';
      await write(text);
      child.kill('SIGHUP');
      // From this line on, the worker with the configuration before takes nothing new.
      await logged(new RegExp(`\\] ${worker}#\\d+: (gracefully shutting down|exiting)`), from);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function wholeConfiguration(folder: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join('\n');
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
access_log off;
${temporary}
${http}
}
`;
}
