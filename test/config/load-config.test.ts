import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../../src/config/config-error.js';
import { loadConfig } from '../../src/config/load-config.js';
import { PRODUCTION, SECRET } from './sources.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'latchkey-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('loadConfig', () => {
  test('keeps a secret in the data directory when none is set', () => {
    const { secretKeys } = loadConfig({ DATA_DIR: folder });
    expect(secretKeys).toEqual([readFileSync(path.join(folder, 'secret-key'), 'utf8').trim()]);
    expect(loadConfig({ DATA_DIR: folder }).secretKeys).toEqual(secretKeys);
  });

  test('makes no file when a secret is set', () => {
    expect(loadConfig({ DATA_DIR: folder, SECRET_KEY: SECRET }).secretKeys).toEqual([SECRET]);
    expect(existsSync(path.join(folder, 'secret-key'))).toBe(false);
  });

  test('makes no secret in production, nor when anything is at fault', () => {
    expect(() => loadConfig({ ...PRODUCTION, SECRET_KEY: '', DATA_DIR: folder })).toThrow(ConfigError);
    expect(() => loadConfig({ PORT: 'x', DATA_DIR: folder })).toThrow(ConfigError);
    expect(existsSync(path.join(folder, 'secret-key'))).toBe(false);
  });

  test('reads files from the disk', () => {
    writeFileSync(path.join(folder, 'latchkey.json'), '{ "branding": { "name": "Acme" } }');
    writeFileSync(path.join(folder, 'key'), `${SECRET}\n`);
    const env = { CONFIG: path.join(folder, 'latchkey.json'), SECRET_KEY_FILE: path.join(folder, 'key') };
    expect(loadConfig(env)).toMatchObject({ branding: { name: 'Acme' }, secretKeys: [SECRET] });
  });
});
