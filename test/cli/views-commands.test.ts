import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkViewsFolder, ejectView } from '../../src/composition/views-folder.js';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'latchkey-eject-')), 'views');
});
afterEach(() => {
  rmSync(path.dirname(folder), { recursive: true });
});

test('a template is copied with the version of the contract, once, and is well as it is', async () => {
  expect(await ejectView('login', folder)).toBe(path.join(folder, 'login.ejs'));
  await ejectView('partials/page-end', folder);
  expect(JSON.parse(readFileSync(path.join(folder, 'contract.json'), 'utf8'))).toEqual({ version: 1 });
  expect(await checkViewsFolder(folder)).toBe(folder);
  await expect(ejectView('login', folder)).rejects.toMatchObject({ code: 'already_exists' });
  await expect(ejectView('../package', folder)).rejects.toMatchObject({ code: 'not_found' });
});

test('a folder with faults is refused with all of them', async () => {
  await ejectView('login', folder);
  writeFileSync(path.join(folder, 'login.ejs'), '<%= model.nope %><p style="x">');
  await expect(checkViewsFolder(folder)).rejects.toMatchObject({
    lines: [expect.stringContaining('style'), expect.stringContaining('model.nope')],
  });
});
