import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time that a process has used so far, in microseconds, of all its threads; with that of its children where asked.
 * Linux only: elsewhere not a number.
 * @see proc(5), /proc/pid/task/tid/schedstat
 */
export function cpuOf(pid: number, withChildren = false): number {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
    }
  } catch {
    return Number.NaN;
  }
  const children = withChildren ? childrenOf(pid) : [];
  return nanoseconds / 1000 + children.reduce((sum, child) => sum + (cpuOf(child) || 0), 0);
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return read(`/proc/${name}/stat`).split(') ')[1]?.split(' ')[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function read(path: string): string {
  return readFileSync(path, 'latin1');
}
