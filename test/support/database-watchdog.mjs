// Stops the tests' PostgreSQL server and removes its folder when the standard input closes: at the end of the run, or
// when the run was killed. Argument: the folder.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const dataDir = process.argv[2];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.stdin.resume().on('end', () => void cleanUp());

async function cleanUp() {
  const record = await readFile(path.join(dataDir, 'postgres-location.json'), 'utf8').catch(() => undefined);
  const home = record === undefined ? dataDir : JSON.parse(record).path;
  const lock = await readFile(path.join(home, 'cluster', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(lock.split('\n')[0]);
  if (pid > 1) await end(pid, path.join(home, 'cluster', 'postmaster.pid'));
  for (const folder of new Set([home, dataDir]))
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
}

async function end(pid, lockFile) {
  try {
    // At once and without tidying up, since the folder goes as well.
    process.kill(pid, 'SIGQUIT');
    const deadline = Date.now() + 10_000;
    while (existsSync(lockFile) && Date.now() < deadline) {
      process.kill(pid, 0);
      await delay(10);
    }
  } catch {
    // It has ended.
  }
}
