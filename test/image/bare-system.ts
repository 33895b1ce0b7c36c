import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from './dockerfile.js';

const run = promisify(execFile);
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Makes what stands in the place of the base image `node:<version>-<release>-slim`: Debian's smallest system of that
 * release, from the mirror that this machine's apt uses, with this machine's Node and npm.
 * @param base the image's name, whose tag tells the release of Debian
 */
export async function makeBase(base: string, root: string): Promise<void> {
  const [, release] = /^node:\d+-([a-z]+)-slim/.exec(base) ?? [];
  if (release === undefined) throw new Error(`The base ${base} is none that can be stood in for.`);
  const mirror = await debianMirror();
  await run('debootstrap', ['--variant=minbase', release, root, mirror], { maxBuffer: 64 * 1024 * 1024 });
  const bin = path.join(root, 'usr/local/bin');
  await cp(process.execPath, path.join(bin, 'node'), { dereference: true });
  const npm = await realpath((await run('which', ['npm'])).stdout.trim());
  const modules = path.join(root, 'usr/local/lib/node_modules');
  await mkdir(modules, { recursive: true });
  await cp(path.resolve(npm, '../..'), path.join(modules, 'npm'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', path.join(bin, 'npm'));
}

/** Runs a build's command in a root file system, as root, with the network and this machine's settings of npm. */
export async function runInBuild(
  root: string,
  command: string,
  workdir: string,
  env: Environment,
): Promise<void> {
  const npm = await npmSettings();
  const mounts = [
    'mount -t tmpfs tmpfs "$ROOT/run"',
    'mkdir "$ROOT/run/npm-cache"',
    'mount --bind "$CACHE" "$ROOT/run/npm-cache"',
  ];
  if (npm.certificates !== undefined) mounts.push('cp "$CERTIFICATES" "$ROOT/run/certificates.pem"');
  const shell = enter(
    root,
    mounts,
    [
      '/usr/bin/env',
      '-i',
      ...assignments({ PATH, HOME: '/root', ...npm.env, ...env }),
      '/bin/sh',
      '-c',
      `mkdir -p '${workdir}' && cd '${workdir}' && ${command}`,
    ],
    {
      CACHE: npm.cache,
      CERTIFICATES: npm.certificates ?? '',
    },
  );
  await run(shell.program, [...shell.args], { env: shell.env, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`RUN ${command} failed:\n${stdout}\n${stderr}`, { cause: error });
    },
  );
}

export interface ContainerOptions {
  readonly root: string;
  /** `uid:gid` */
  readonly user: string;
  readonly workdir: string;
  readonly env: Environment;
  readonly arguments: readonly string[];
  /** Folders of this machine that are seen below `/run`. */
  readonly folders: Readonly<Record<string, string>>;
}

/**
 * Starts a program as a container engine would with a read-only root: only `/tmp` can be written, and the user has no
 * capability and can get none. The network is this machine's.
 */
export function startInContainer(options: ContainerOptions): ChildProcess {
  const [uid = '', gid = ''] = options.user.split(':');
  const mounts = [
    'mount -t tmpfs -o mode=1777,size=16m tmpfs "$ROOT/tmp"',
    'mount -t tmpfs -o mode=755 tmpfs "$ROOT/run"',
    ...Object.entries(options.folders).flatMap(([name, folder]) => [
      `mkdir "$ROOT/run/${name}"`,
      `mount --bind '${folder}' "$ROOT/run/${name}"`,
    ]),
    'mount -o remount,bind,ro "$ROOT"',
  ];
  const shell = enter(options.root, mounts, [
    '/usr/bin/setpriv',
    '--reuid',
    uid,
    '--regid',
    gid,
    '--clear-groups',
    '--no-new-privs',
    '--inh-caps=-all',
    '--bounding-set=-all',
    '/usr/bin/env',
    '-i',
    ...assignments({ PATH, ...options.env }),
    '/bin/sh',
    '-c',
    'cd "$0" && exec "$@"',
    options.workdir,
    ...options.arguments,
  ]);
  return spawn(shell.program, shell.args, { env: shell.env, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A shell in a mount namespace of its own that becomes the program: a signal to it reaches the program. */
function enter(root: string, mounts: readonly string[], program: readonly string[], env: Environment = {}) {
  const script = [
    'mount --make-rprivate /',
    'mount --bind "$ROOT" "$ROOT"',
    'mount -t proc proc "$ROOT/proc"',
    'mount --rbind /dev "$ROOT/dev"',
    ...mounts,
    'exec chroot "$ROOT" "$@"',
  ].join('\n');
  return {
    program: 'unshare',
    args: ['--mount', 'sh', '-ec', script, 'sh', ...program],
    env: { PATH, ROOT: root, ...env },
  };
}

/** The mirror of Debian that apt is set to, in either form of its lists. */
async function debianMirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(await readdir(folder).catch(() => [])).map((name) => path.join(folder, name)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const addresses = texts
    .join('\n')
    .split('\n')
    .map((line) => /^(?:URIs:|deb(?: \[[^\]]*\])?) *(\S+)/.exec(line)?.[1])
    .filter((address) => address !== undefined);
  const mirror = addresses.find((address) => /\/debian\/?$/.test(address));
  if (mirror === undefined) throw new Error('No mirror of Debian stands in /etc/apt.');
  return mirror;
}

/** What npm needs to reach the registry as it does outside. */
async function npmSettings() {
  const { stdout } = await run('npm', ['config', 'list', '--json']);
  const settings = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  const text = (name: string): string | undefined => {
    const value = settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const certificates = text('cafile') ?? process.env.NODE_EXTRA_CA_CERTS;
  const passed = ['registry', 'proxy', 'https-proxy', 'replace-registry-host'].flatMap((name) => {
    const value = text(name);
    return value === undefined ? [] : [[`npm_config_${name.replaceAll('-', '_')}`, value] as const];
  });
  return {
    cache: text('cache') ?? '/tmp',
    certificates,
    env: {
      ...Object.fromEntries(passed),
      npm_config_cache: '/run/npm-cache',
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
      ...(certificates === undefined ? {} : { npm_config_cafile: '/run/certificates.pem' }),
    },
  };
}

function assignments(env: Environment): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
