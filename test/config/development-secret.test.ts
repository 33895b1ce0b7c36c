import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../../src/config/config-error.js';
import { loadOrCreateDevelopmentSecret } from '../../src/config/development-secret.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-secret-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function failure(dataDir: string) {
  try {
    loadOrCreateDevelopmentSecret(dataDir);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the development secret', () => {
  test('is made once from 32 random bytes, readable by its owner only, with nothing left beside it', () => {
    const dataDir = path.join(folder, 'new', 'data');
    const [secret, ...others] = loadOrCreateDevelopmentSecret(dataDir);
    expect(Buffer.from(secret, 'base64')).toHaveLength(32);
    expect(others).toEqual([]);
    expect(readdirSync(dataDir)).toEqual(['secret-key']);
    expect(statSync(path.join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600);
    expect(loadOrCreateDevelopmentSecret(dataDir)).toEqual([secret]);
  });

  test('differs between data directories', () => {
    expect(loadOrCreateDevelopmentSecret(path.join(folder, 'a'))).not.toEqual(
      loadOrCreateDevelopmentSecret(path.join(folder, 'b')),
    );
  });

  test('is the same for processes that start at once', async () => {
    const module = path.resolve(import.meta.dirname, '../../src/config/development-secret.ts');
    const program = `
      const { loadOrCreateDevelopmentSecret } = await import(${JSON.stringify(module)});
      process.stdin.once('data', (dataDir) => {
        process.stdout.write(loadOrCreateDevelopmentSecret(dataDir.toString().trim())[0] + '\\n');
        process.stdin.destroy();
      });
      process.stdout.write('ready\\n');`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const outputs = children.map(({ stdout }) => stdout.setEncoding('utf8'));
    await Promise.all(outputs.map((output) => once(output, 'data')));

    const answers = outputs.map(async (output) => (await output.toArray()).join('').trim());
    for (const { stdin } of children) stdin.write(`${folder}/data\n`);
    const secrets = await Promise.all(answers);

    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toBe(readFileSync(path.join(folder, 'data', 'secret-key'), 'utf8').trim());
    expect(readdirSync(path.join(folder, 'data'))).toEqual(['secret-key']);
  });

  test.each(['', 'short\n', 'x'.repeat(44)])('a damaged file is refused and kept: %j', (content) => {
    writeFileSync(path.join(folder, 'secret-key'), content);
    expect(failure(folder)).toMatchObject([{ setting: 'SECRET_KEY' }]);
    expect(readFileSync(path.join(folder, 'secret-key'), 'utf8')).toBe(content);
  });

  test('a data directory that cannot be made is a fault of DATA_DIR', () => {
    writeFileSync(path.join(folder, 'file'), '');
    expect(failure(path.join(folder, 'file', 'data'))).toMatchObject([
      { setting: 'DATA_DIR', remedy: expect.stringContaining('set SECRET_KEY') as string },
    ]);
  });

  test('a folder in place of the file is a fault of DATA_DIR', () => {
    mkdirSync(path.join(folder, 'secret-key'));
    expect(failure(folder)).toMatchObject([{ setting: 'DATA_DIR' }]);
  });
});
