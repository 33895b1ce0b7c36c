import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from '../support/server-process.js';

const IN_DOCS = readdirSync(path.join(PROJECT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .toSorted();

/** The links of a page to files of this repository, from its own folder. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(path.join(PROJECT, page), 'utf8').replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '');
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

test.each(['README.md', 'UPGRADE.md', ...IN_DOCS.map((name) => path.join('docs', name))])(
  'every link of %s leads to a file',
  (page) => {
    const folder = path.join(PROJECT, path.dirname(page));
    expect(linksOf(page).filter((target) => !existsSync(path.join(folder, target)))).toEqual([]);
  },
);

test('the index lists every page, and README the index', () => {
  const listed = new Set(linksOf('docs/README.md'));
  const pages = IN_DOCS.filter(
    (name) => name !== 'README.md' && !/^(decisions|integrations)\/(?!README)/.test(name),
  );
  expect(pages.length).toBeGreaterThan(40);
  expect(pages.filter((name) => !listed.has(name))).toEqual([]);
  expect(linksOf('README.md')).toContain('docs/README.md');
});
