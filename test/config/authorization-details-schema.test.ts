import { faultsOf, readFileText } from './sources.js';

const FILE = '/srv/latchkey/latchkey.yaml';
const textOf = (types: string): string =>
  `resources: [{ identifier: https://a.example.test }]\nauthorization_details_types: [${types}]\n`;

test('a type is read with its texts by language', () => {
  const [type] = readFileText(
    textOf('{ type: pay, sentence: { en: pay, de: zahlen }, locations: [https://a.example.test] }'),
  ).authorizationDetailTypes;
  expect(type).toEqual({
    type: 'pay',
    sentence: { default: 'pay', byLanguage: { en: 'pay', de: 'zahlen' } },
    actions: [],
    locations: ['https://a.example.test'],
    fields: [],
  });
});

test.each([
  ['{ sentence: { en: pay } }', '[0].type'],
  ['{ type: pay }', '[0].sentence'],
  ['{ type: pay, sentence: { de: zahlen } }', '[0].sentence'],
  ['{ type: pay, sentence: { en: pay, "Deutsch!": zahlen } }', '[0].sentence'],
  ['{ type: pay, sentence: { en: pay }, locations: [https://b.example.test] }', '[0].locations[0]'],
  [
    '{ type: pay, sentence: { en: pay }, fields: [{ name: actions, label: { en: a } }] }',
    '[0].fields[0].name',
  ],
  ['{ type: pay, sentence: { en: pay } }, { type: pay, sentence: { en: pay } }', '[1].type'],
])('%s is refused at %s', (types, place) => {
  const faults = faultsOf({ CONFIG: FILE }, { [FILE]: textOf(types) });
  expect(faults.map(({ setting }) => setting)).toContain(`CONFIG authorization_details_types${place}`);
});
