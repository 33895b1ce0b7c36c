import fc from 'fast-check';
import { anyJson, following, hostileText } from './api-arbitraries.js';
import { membersOf, type ApiOperation, type ApiParameter, type JsonSchema } from './api-document.js';
import { sampleBody } from './api-targets.js';

/** A request to an operation, right or wrong. */
export interface AnyRequest {
  /** Of the operation. */
  readonly id: string;
  /** Path parameters, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: AnyBody | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Which of the callers sends it. */
  readonly caller: number;
}

export interface AnyBody {
  readonly type: string | undefined;
  readonly text: string;
}

/** What the requests may name. */
export interface Names {
  /** That lists have given. */
  readonly cursors: readonly string[];
  /** Ids and names of resources of the server, of all kinds. */
  readonly all: readonly string[];
  /** By name of the path parameter, with the first step of the path before `id`: `users/id`. */
  readonly byParameter: Readonly<Record<string, readonly string[]>>;
}

/**
 * Keys of RSA take long to make; a preview needs a client and a user that exist, in one request; of the many metadata of a
 * client, most that are made up are wrong.
 */
const WEIGHTS: Readonly<Record<string, number>> = {
  rotateKeys: 1,
  previewClientClaims: 24,
  updateClient: 24,
};

/** Any request to one of the operations. */
export function anyRequest(operations: readonly ApiOperation[], names: Names): fc.Arbitrary<AnyRequest> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: WEIGHTS[operation.id] ?? 6,
      arbitrary: requestTo(operation, names),
    })),
  );
}

function requestTo(operation: ApiOperation, names: Names): fc.Arbitrary<AnyRequest> {
  const name = fc.constantFrom(...names.all);
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  return fc.record({
    id: fc.constant(operation.id),
    params: fc.record(
      Object.fromEntries(inPath.map((parameter) => [parameter.name, pathValue(operation, parameter, names)])),
    ),
    query: query(inQuery, name, names.cursors),
    body: body(operation, name),
    headers: headers(operation),
    caller: fc.nat(),
  });
}

function pathValue(operation: ApiOperation, { name }: ApiParameter, names: Names): fc.Arbitrary<string> {
  const owner = operation.path.split('/')[1] ?? '';
  const known = names.byParameter[name === 'id' ? `${owner}/id` : name] ?? names.all;
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom(...names.all) },
    // Dots and nothing would make another path.
    { weight: 2, arbitrary: hostileText.filter((value) => !/^\.{0,2}$/.test(value)) },
  );
}

const BAD_CURSORS = [
  'x',
  '',
  '%',
  'null',
  '-1',
  '0',
  '1e308',
  '9007199254740991',
  '"\\u0000"',
  '"x"',
  '{}',
  '[1]',
]
  .map((text) => Buffer.from(text).toString('base64url'))
  .concat('rubbish', '\0', 'a'.repeat(600));

function query(
  parameters: readonly ApiParameter[],
  names: fc.Arbitrary<string>,
  cursors: readonly string[],
): fc.Arbitrary<readonly (readonly [string, string])[]> {
  const values = (parameter: ApiParameter): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 4, arbitrary: following(parameter.schema, names).map(asText) },
      { weight: 1, arbitrary: hostileText },
      ...(parameter.name === 'cursor'
        ? [{ weight: 2, arbitrary: fc.constantFrom(...BAD_CURSORS, ...cursors) }]
        : []),
    );
  const pairOf = (parameter: ApiParameter) =>
    values(parameter).map((value): readonly [string, string] => [parameter.name, value]);
  const some = fc
    .subarray(parameters.map(pairOf), { maxLength: Math.min(3, parameters.length) })
    .chain((chosen) => fc.tuple(...chosen));
  const required = fc.tuple(...parameters.filter((parameter) => parameter.required).map(pairOf));
  const stray = fc.tuple(hostileText, hostileText);
  return fc
    .tuple(
      some,
      required,
      fc.oneof(
        { weight: 12, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: stray.map((pair) => [pair]) },
      ),
    )
    .map((parts) => parts.flat());
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Bytes; beyond what the API reads. */
const TOO_LARGE = JSON.stringify({ name: 'x'.repeat(300_000) });
/** Levels; more than functions that call themselves can bear. */
const DEEP = 30_000;
const BAD_TEXTS = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '0',
  '{"a":1,}',
  '{"__proto__":{"permissions":["keys:write"]}}',
  '{"constructor":{"prototype":{}}}',
  '{"name":"a","name":"b"}',
  '[['.repeat(DEEP),
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `{"jwks":{"keys":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`,
  `{"client_name":"Deep","type":"service","jwks":{"keys":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`,
  TOO_LARGE,
];

function body(operation: ApiOperation, names: fc.Arbitrary<string>): fc.Arbitrary<AnyBody | undefined> {
  if (!operation.body) {
    const stray = anyJson.map((value) => ({ type: 'application/json', text: JSON.stringify(value) }));
    return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: stray });
  }
  const { type, schema } = operation.body;
  const good = following(schema, names);
  const sample = fc.constant(null).map(() => sampleBody(operation));
  const value = fc.oneof(
    { weight: 3, arbitrary: sample },
    { weight: 4, arbitrary: fc.tuple(sample, good).map(([one, other]) => merged(one, other)) },
    { weight: 6, arbitrary: good },
    { weight: 4, arbitrary: fc.tuple(sample, spoilt(schema)).map(([one, other]) => merged(one, other)) },
    { weight: 1, arbitrary: anyJson },
  );
  const text = fc.oneof(
    {
      weight: 10,
      // What is no JSON is sent as it is.
      arbitrary: value.map((made) =>
        typeof made === 'string' && type !== 'application/json' ? made : JSON.stringify(made),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...BAD_TEXTS) },
  );
  const types = fc.oneof(
    { weight: 20, arbitrary: fc.constant(type) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('text/plain', 'application/json; charset=latin1', 'x', undefined),
    },
  );
  return fc.record({ type: types, text });
}

/** One member of the schema, or of none, with whatever there may be. */
function spoilt(schema: JsonSchema): fc.Arbitrary<unknown> {
  const members = [...membersOf(schema), 'id', 'roles', 'email', 'disabled', '__proto__', 'constructor'];
  return fc.tuple(fc.constantFrom(...members), anyJson).map(([name, value]) => ({ [name]: value }));
}

function merged(one: unknown, other: unknown): unknown {
  return typeof one === 'object' && typeof other === 'object' ? { ...one, ...other } : other;
}

const TAGS = ['*', '"x"', 'W/"x"', 'x', '"', ',,,', '""', `"${'x'.repeat(3000)}"`];
const KEYS = ['one', 'two', 'three', 'x'.repeat(255), 'x'.repeat(256), '\u00FF', ' '];

function headers(operation: ApiOperation): fc.Arbitrary<Readonly<Record<string, string>>> {
  const values: Readonly<Record<string, readonly string[]>> = {
    'If-Match': TAGS,
    'If-None-Match': TAGS,
    'Idempotency-Key': KEYS,
  };
  const known = operation.parameters.filter((parameter) => parameter.in === 'header');
  const one = fc.tuple(
    ...known.map(({ name }) =>
      fc.constantFrom(...(values[name] ?? ['x'])).map((value): readonly [string, string] => [name, value]),
    ),
  );
  const none = fc.constant<readonly (readonly [string, string])[]>([]);
  return fc
    .oneof({ weight: 3, arbitrary: none }, { weight: 2, arbitrary: one })
    .map((pairs) => Object.fromEntries(pairs));
}
