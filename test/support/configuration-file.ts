import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes a configuration file for servers of this test file. @returns its path */
export function configurationFile(yaml: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-'));
  folders.push(folder);
  const file = path.join(folder, 'latchkey.yaml');
  writeFileSync(file, yaml);
  return file;
}
