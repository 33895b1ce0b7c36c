import { readFileSync } from 'node:fs';
import { errorCode } from './embedded-postgres-error.js';

/** Whether a process of that id runs, whoever owns it. One that has ended and waits to be collected does not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return !isZombie(pid);
}

// The first process of a container is often one that never collects the orphans it inherits.
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "<pid> (<name>) <state> …", where the name may hold anything.
    return status.slice(status.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}
