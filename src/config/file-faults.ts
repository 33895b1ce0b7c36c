import { z } from 'zod';
import { closestName } from '../domain/closest-name.js';
import type { ConfigFault } from './config-error.js';
import { ENVIRONMENT_SETTINGS } from './environment-schema.js';
import { fileSchema } from './file-schema.js';
import { quote } from './refusal.js';

type Path = readonly PropertyKey[];

/**
 * Turns what the schema found into faults.
 * @param locate says where the path stands in the text, for instance ` (line 4, column 7)`
 */
export function faultsOfFile(
  issues: readonly z.core.$ZodIssue[],
  locate: (path: Path) => string,
): readonly ConfigFault[] {
  const faults = issues.flatMap((issue) => {
    const described =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key], ...describeUnknownKey(issue.path, key) }))
        : [{ path: issue.path, ...describe(issue) }];
    return described.map(({ path, problem, remedy }) => ({
      setting: settingOf(path),
      problem: problem + locate(path),
      remedy,
    }));
  });
  // One fault per place: a text that is empty need not also be told that it is no URI.
  return faults.filter(
    (fault, index) => faults.findIndex(({ setting }) => setting === fault.setting) === index,
  );
}

/** The keys that the mapping at a path may have; numbers stand for members of lists. */
export function knownKeysAt(path: Path): readonly string[] {
  let schema: unknown = fileSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodArray) schema = inner.element;
    else if (inner instanceof z.ZodObject) schema = inner.shape[String(step)];
    else return [];
  }
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap())
    : schema;
}

function describeUnknownKey(path: Path, key: string): Omit<ConfigFault, 'setting'> {
  const variable = ENVIRONMENT_SETTINGS.find((name) => name === key.toUpperCase());
  if (path.length === 0 && variable !== undefined) {
    return {
      problem: 'does not belong in the configuration file',
      remedy: `Set the environment variable ${variable} instead.`,
    };
  }
  const known = knownKeysAt(path);
  const meant = closestName(key, known);
  return {
    problem: 'is not a key of the configuration file',
    remedy: meant === undefined ? `Known keys here: ${known.join(', ')}.` : `Did you mean ${meant}?`,
  };
}

function describe(issue: z.core.$ZodIssue): Omit<ConfigFault, 'setting'> {
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, issue.input);
    case 'invalid_value': {
      const values = issue.values.map(String);
      const written = typeof issue.input === 'string' ? issue.input : undefined;
      const meant = written === undefined ? undefined : closestName(written, values);
      return {
        problem: `${written === undefined ? 'the value' : quote(written)} is not one of ${values.join(', ')}`,
        remedy: meant === undefined ? 'Use one of these.' : `Did you mean ${meant}?`,
      };
    }
    case 'too_small':
      if (issue.origin === 'string')
        return { problem: 'is empty', remedy: 'Write a value, or remove the key.' };
      if (issue.origin === 'array')
        return { problem: 'is an empty list', remedy: 'Add a member, or remove the key.' };
      return { problem: `is less than ${issue.minimum}`, remedy: `Use ${issue.minimum} or more.` };
    case 'too_big':
      if (issue.origin === 'string') {
        return { problem: `has more than ${issue.maximum} characters`, remedy: 'Shorten it.' };
      }
      return { problem: `is more than ${issue.maximum}`, remedy: `Use ${issue.maximum} or less.` };
    case 'custom': {
      const remedy: unknown = issue.params?.['remedy'];
      return {
        problem: issue.message,
        remedy: typeof remedy === 'string' ? remedy : 'See docs/configuration.md.',
      };
    }
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return { problem: 'has a value of the wrong form', remedy: 'See docs/configuration.md.' };
  }
}

const EXPECTED: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  string: ['text', 'Write a text, in quotes where it looks like a number or a word such as true.'],
  boolean: ['true or false', 'Write true or false, without quotes.'],
  array: ['a list', 'Write it as a list, for instance ["first", "second"].'],
  object: ['a mapping', 'Write it as keys with values.'],
  record: ['a mapping', 'Write it as keys with values.'],
  number: ['a number', 'Write a whole number, without quotes.'],
};

function describeType(expected: string, input: unknown): Omit<ConfigFault, 'setting'> {
  if (input === undefined) return { problem: 'is missing', remedy: 'Add it.' };
  if (expected === 'string' && Array.isArray(input)) {
    return { problem: 'is a list, where one text belongs', remedy: 'Write it as one text.' };
  }
  const [what, remedy] = EXPECTED[expected] ?? [expected, 'See docs/configuration.md.'];
  return { problem: input === null ? `has no value, where ${what} belongs` : `is not ${what}`, remedy };
}

function settingOf(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    const key = String(step);
    return /^[\w-]+$/.test(key) ? `.${key}` : `[${quote(key)}]`;
  });
  return `CONFIG ${steps.join('').replace(/^\./, '')}`.trimEnd();
}
