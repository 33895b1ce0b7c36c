import fc from 'fast-check';
import type { JsonSchema } from './api-document.js';

/** Texts by which programs are attacked or surprised. */
const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  "'; drop table accounts; --",
  '" or 1=1',
  "\\'",
  '%',
  '_%_%',
  '\u202Eevil',
  '\u2066x\u2069',
  '\uD800',
  'a\uDFFFb',
  'İıſßﬀ',
  'e\u0301\u0301\u0301',
  '\u{1F469}\u200D\u{1F4BB}',
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}<%= 7 %>',
  '../../etc/passwd',
  '%00%ZZ%E0%A4%A',
  'a/b',
  'a~1b',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  '\r\nSet-Cookie: a=b',
  '\uFEFF',
  '999999999999999999999999999999',
  'admin',
  'x@example.test',
  'ADMIN@EXAMPLE.TEST',
  '9999-12-31T23:59:59.999Z',
  '0000-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '+010000-01-01T00:00:00.000Z',
  'https://a.example.test/cb',
  'javascript:alert(1)',
  'http://[::1]:99999/',
  'x'.repeat(5000),
  '\u{1F600}'.repeat(300),
];

const NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  1e308,
  -1e308,
  5e-324,
];

/** Any text, mostly a bad one; also halves of characters. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map(ofUnits) },
);

function ofUnits(units: readonly number[]): string {
  return String.fromCharCode(...units);
}

/** Any JSON, of any type. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, ...NUMBERS, [], {}, [[]], { a: { b: [] } }),
  hostileText,
  fc.array(hostileText, { maxLength: 3 }),
  fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
);

/**
 * Makes what follows a JSON Schema, with the worst that it allows.
 * @param names texts that name something on the server
 * @throws {Error} for a schema that it does not know
 * @see JSON Schema Validation 2020-12 §6
 */
export function following(schema: JsonSchema, names: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const options = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(options)) {
    return fc.oneof(...options.map((option: JsonSchema) => following(option, names)));
  }
  const { type } = schema;
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one: unknown) => following({ ...schema, type: one }, names)));
  }
  switch (type) {
    case undefined:
      return anyJson;
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return number(schema);
    case 'string':
      return text(schema, names);
    case 'array': {
      const item = following((schema['items'] ?? {}) as JsonSchema, names);
      return fc.array(item, { maxLength: Math.min(4, Number(schema['maxItems'] ?? 4)) });
    }
    case 'object':
      return object(schema, names);
    default:
      throw new Error(`There is no arbitrary for ${JSON.stringify(schema)}.`);
  }
}

function number(schema: JsonSchema): fc.Arbitrary<number> {
  const min = Math.max(Number(schema['minimum'] ?? -1000), -(2 ** 31));
  const max = Math.min(Number(schema['maximum'] ?? 1000), 2 ** 31 - 1);
  return fc.oneof(fc.integer({ min, max: Math.max(min, max) }), fc.constantFrom(min, max));
}

/** Made once: reading the expression takes longer than a request does. */
const word = fc.stringMatching(/^[a-z]{3,12}$/);

function text(schema: JsonSchema, names: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const longest = Number(schema['maxLength'] ?? 300);
  const short = fc.oneof(
    { weight: 3, arbitrary: hostileText },
    { weight: 3, arbitrary: names },
    { weight: 2, arbitrary: word },
    { weight: 1, arbitrary: fc.constant('x'.repeat(longest)) },
  );
  const cut = short.map((value) => value.slice(0, longest));
  switch (schema['format']) {
    case 'uuid':
      return fc.oneof({ weight: 3, arbitrary: names.filter(isUuid) }, { weight: 1, arbitrary: fc.uuid() });
    case 'date-time':
      return fc.oneof(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString()),
        fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-01-01T00:00:00+23:59'),
      );
    default:
      return cut;
  }
}

const isUuid = (value: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

function object(schema: JsonSchema, names: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  if (properties.length === 0) {
    const value = schema['additionalProperties'];
    const values = typeof value === 'object' && value ? following(value as JsonSchema, names) : anyJson;
    return fc.dictionary(hostileText, values, { maxKeys: 3 });
  }
  const always = properties.filter(([name]) => required.has(name));
  const perhaps = properties.filter(([name]) => !required.has(name));
  const arbitrary = (entries: typeof properties) =>
    Object.fromEntries(entries.map(([name, value]) => [name, following(value, names)]));
  // Made once: to make them takes longer than to take values from them.
  const optional = Object.entries(arbitrary(perhaps));
  // A few members at a time: of many, one is always at fault, and nothing would ever be accepted.
  return fc
    .tuple(
      fc.record(arbitrary(always)),
      fc
        .subarray(optional, { maxLength: Math.min(3, optional.length) })
        .chain((some) => fc.record(Object.fromEntries(some))),
    )
    .map(([one, other]) => ({ ...one, ...other }));
}
