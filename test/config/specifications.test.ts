import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The links of a page to files of this repository, from its own folder. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8');
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

test.each(['README.md', 'docs/specifications.md', 'docs/conformance.md', 'docs/profiles.md'])(
  'every link of %s leads to a file',
  (page) => {
    const links = linksOf(page);
    expect(links.length).toBeGreaterThan(0);
    const folder = path.join(ROOT, path.dirname(page));
    expect(links.filter((target) => !existsSync(path.join(folder, target)))).toEqual([]);
  },
);

test('every specification has a page that shows how to use it, and a test', () => {
  const text = readFileSync(path.join(ROOT, 'docs/specifications.md'), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (?!Specification|-)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  const incomplete = rows.filter((row) => {
    const [, , , page = '', proof = ''] = row
      .split(' | ')
      .flatMap((cell, index) => (index === 0 ? ['', cell] : [cell]));
    return !/\]\([\w-]+\.md\)/.test(page) || !/\]\(\.\.\/test\/[\w/.-]+\.test\.ts\)/.test(proof);
  });
  expect(incomplete).toEqual([]);
});
