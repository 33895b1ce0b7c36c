import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ENVIRONMENT_SETTINGS, SECRET_SETTINGS } from '../../src/config/environment-schema.js';
import { knownKeysAt } from '../../src/config/file-faults.js';
import { readFileText } from './sources.js';

const root = path.resolve(import.meta.dirname, '../..');
const documentation = readFileSync(path.join(root, 'docs/configuration.md'), 'utf8');
const example = readFileSync(path.join(root, 'examples/latchkey.yaml'), 'utf8');

/** Every mapping that the configuration file can hold. */
const PLACES = [[], ...knownKeysAt([]).flatMap((key) => [[key], [key, 0]])];
const KEYS = [...new Set(PLACES.flatMap((place) => knownKeysAt(place)))];

test('the schema yields the keys of every section', () => {
  expect(KEYS).toEqual(
    expect.arrayContaining(['clients', 'client_id', 'identifier', 'min_length', 'grant_seconds']),
  );
});

test.each(ENVIRONMENT_SETTINGS)('the documentation explains the variable %s', (name) => {
  expect(documentation).toMatch(new RegExp(`^\\| \`${name}\``, 'm'));
});

test.each(SECRET_SETTINGS)('the documentation names %s_FILE', (name) => {
  expect(documentation).toContain(`\`${name}_FILE\``);
});

test.each(KEYS)('the documentation explains the key %s', (key) => {
  expect(documentation).toMatch(new RegExp(`^(\\| \`${key}\`|### \`${key}\`)`, 'm'));
});

test.each(KEYS)('the example shows the key %s', (key) => {
  expect(example).toMatch(new RegExp(`\\b${key}:`));
});

test('the example is valid, also with its comments on the confidential client removed', () => {
  expect(readFileText(example).clients.map(({ clientId }) => clientId)).toEqual(['shop', 'desktop']);
  const start = example.indexOf('  # - client_id: back-office');
  const end = example.indexOf('\n\n', start);
  const client = example.slice(start, end).replaceAll(/^ {2}# /gm, '  ');
  const uncommented = example.slice(0, start) + client + example.slice(end);
  const secret = { '/srv/latchkey/back-office.secret': 'a secret' };
  expect(readFileText(uncommented, secret).clients.map(({ clientId }) => clientId)).toEqual([
    'shop',
    'desktop',
    'back-office',
  ]);
});

test('the lifetimes of the example are the defaults, as it says', () => {
  expect(readFileText(example).lifetimes).toEqual(readFileText('').lifetimes);
});
