import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

test('every specification has a page that shows how to use it, and a test', () => {
  const text = readFileSync(path.join(ROOT, 'docs/specifications.md'), 'utf8');
  const rows = text.split('\n').filter((line) => /^\| (?!Specification|-)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  const incomplete = rows.filter((row) => {
    const [, , , page = '', proof = ''] = row
      .split(' | ')
      .flatMap((cell, index) => (index === 0 ? ['', cell] : [cell]));
    return !/\]\([\w-]+\.md(?:#[\w-]+)?\)/.test(page) || !/\]\(\.\.\/test\/[\w/.-]+\.test\.ts\)/.test(proof);
  });
  expect(incomplete).toEqual([]);
});

test('the pages have the headings to which the table leads', () => {
  const read = (file: string): string => readFileSync(path.join(ROOT, 'docs', file), 'utf8');
  const headingsOf = (file: string): readonly string[] =>
    [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  const links = [...read('specifications.md').matchAll(/\]\(([\w-]+\.md)#([\w-]+)\)/g)];
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter(([, file = '', anchor = '']) => !headingsOf(file).includes(anchor))).toEqual([]);
});
