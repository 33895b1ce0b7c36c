import { isSearchable, searchesBeginnings } from '../../../src/domain/accounts/account-search.js';

test.each(['a', 'ab', '7', 'a.', '@', '00', 'a '])('%j is looked for where a word begins', (text) => {
  expect(searchesBeginnings(text)).toBe(true);
});

test.each(['abc', '.a', ' ab', 'a.b', 'a b', 'ü', '李', 'aü'])('%j is looked for anywhere', (text) => {
  expect(searchesBeginnings(text)).toBe(false);
});

test('signs alone cannot be looked for', () => {
  expect(['@', '%_\\', ' . '].map(isSearchable)).toEqual([false, false, false]);
  expect(['a', '0%', 'é', '-ß-'].map(isSearchable)).toEqual([true, true, true, true]);
});
