import { mkdir, rm, stat } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeBase, runInBuild } from './bare-system.js';
import type { Stage, Step } from './dockerfile.js';

const run = promisify(execFile);

/**
 * Carries out the steps of every stage, in order.
 * @param context the folder that the image is built from
 * @param folder where the stages' root file systems are made
 * @returns the root file system of the last stage
 */
export async function buildImage(
  stages: readonly Stage[],
  context: string,
  folder: string,
  tell: (line: string) => void,
): Promise<string> {
  const bases = new Map<string, string>();
  const roots = new Map<string, string>();
  let root = '';
  for (const [index, stage] of stages.entries()) {
    let base = bases.get(stage.base);
    if (base === undefined) {
      base = path.join(folder, `base-${bases.size}`);
      tell(`base ${stage.base}: a bare Debian with this machine's Node ${process.version} in its place`);
      await makeBase(stage.base, base);
      bases.set(stage.base, base);
    }
    root = path.join(folder, `stage-${index}`);
    await run('cp', ['-a', '--reflink=auto', base, root]);
    for (const step of stage.steps) {
      tell(
        step.kind === 'run' ? `RUN ${step.command}` : `COPY ${step.sources.join(' ')} ${step.destination}`,
      );
      if (step.kind === 'run') await runInBuild(root, step.command, step.workdir, step.env);
      else await copy(step, step.from === undefined ? context : rootOf(roots, step.from), root);
    }
    if (stage.name !== undefined) roots.set(stage.name, root);
  }
  await Promise.all([...bases.values()].map((base) => rm(base, { recursive: true })));
  return root;
}

function rootOf(roots: ReadonlyMap<string, string>, name: string): string {
  const root = roots.get(name);
  if (root === undefined) throw new Error(`There is no stage ${name}.`);
  return root;
}

/** As COPY does: of a folder what is in it, all for root. */
async function copy(step: Extract<Step, { kind: 'copy' }>, from: string, root: string): Promise<void> {
  const destination = path.join(root, step.destination);
  const intoFolder =
    step.destination.endsWith('/') || step.destination.endsWith('/.') || step.sources.length > 1;
  for (const source of step.sources) {
    const original = path.join(from, source);
    const isFolder = (await stat(original)).isDirectory();
    const target = intoFolder && !isFolder ? path.join(destination, path.basename(source)) : destination;
    await mkdir(isFolder ? target : path.dirname(target), { recursive: true });
    await run('cp', ['-a', isFolder ? `${original}/.` : original, target]);
    await run('chown', ['--recursive', '--no-dereference', '0:0', target]);
  }
}
