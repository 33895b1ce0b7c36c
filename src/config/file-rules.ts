import { z } from 'zod';
import type { JsonValue } from '../domain/json.js';

/**
 * Runs a rule even when other parts of the value are at fault, so that all faults show at once. An issue that aborts
 * explicitly (`z.int()`, `z.custom()` by default) would still prevent it: the schema uses none.
 */
export const ALWAYS = { when: () => true } as const;
const MAX_JSON_DEPTH = 32;

/** A rule for one text. */
export function rule(holds: (value: string) => boolean, problem: string, remedy: string) {
  return z.superRefine<string>((value, context) => {
    if (!holds(value)) context.addIssue({ code: 'custom', message: problem, params: { remedy } });
  });
}

/** A whole number within bounds. Unlike `z.int()` it does not keep the rules that run always from running. */
export function wholeNumber(min: number, max: number) {
  return z
    .number()
    .superRefine((value, context) => {
      if (Number.isInteger(value)) return;
      const remedy = `Write a whole number from ${min} to ${max}.`;
      context.addIssue({ code: 'custom', message: 'is not a whole number', params: { remedy } });
    })
    .min(min)
    .max(max);
}

/** Anything that JSON can carry. */
export const jsonValue = z.custom<JsonValue>((value) => isJsonValue(value), {
  abort: false,
  message: 'is not a value that JSON can carry',
  params: { remedy: 'Use texts, finite numbers, true, false, null, and lists and mappings of these.' },
});

/** Whether JSON can carry the value; also false when it is nested too deeply or contains itself. */
function isJsonValue(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > MAX_JSON_DEPTH) return false;
  return Object.values(value).every((member) => isJsonValue(member, depth + 1));
}

/** No two members of a list have the same value under the key. */
export function distinct(key: string) {
  return z.superRefine<unknown>((list, context) => {
    const seen = new Map<unknown, number>();
    membersOf(list).forEach((member, index) => {
      const value = fieldOf(member, key);
      if (typeof value !== 'string') return;
      const first = seen.get(value);
      if (first === undefined) seen.set(value, index);
      else {
        context.addIssue({
          code: 'custom',
          path: [index, key],
          message: `${JSON.stringify(value)} is declared twice, first as number ${first + 1} of the list`,
          params: { remedy: 'Remove one of the two, or give it another value.' },
        });
      }
    });
  }, ALWAYS);
}

/** No text stands in a list twice. */
export const distinctMembers = z.superRefine<unknown>((list, context) => {
  membersOf(list).forEach((member, index) => {
    if (typeof member !== 'string' || membersOf(list).indexOf(member) === index) return;
    const message = `${JSON.stringify(member)} stands in the list twice`;
    context.addIssue({
      code: 'custom',
      path: [index],
      message,
      params: { remedy: 'Remove one of the two.' },
    });
  });
}, ALWAYS);

/** The number under one key does not exceed that under another. */
export function notLongerThan(shorter: string, longer: string) {
  return z.superRefine<unknown>((value, context) => {
    const [least, most] = [fieldOf(value, shorter), fieldOf(value, longer)];
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return;
    context.addIssue({
      code: 'custom',
      path: [shorter],
      message: `${least} is longer than ${longer}, which is ${most}`,
      params: { remedy: `Lower ${shorter} or raise ${longer}.` },
    });
  }, ALWAYS);
}

/** What is on needs another part that is on by default, and is off. */
export function needs(dependent: string, needed: string) {
  return z.superRefine<unknown>((value, context) => {
    if (fieldOf(value, dependent) !== true || fieldOf(value, needed) !== false) return;
    context.addIssue({
      code: 'custom',
      path: [dependent],
      message: `is on, but ${needed} is off`,
      params: { remedy: `Turn ${needed} on, or ${dependent} off.` },
    });
  }, ALWAYS);
}

/** A client's secrets are given in one way only. */
export const oneSecretSource = z.superRefine<unknown>((client, context) => {
  const given = ['client_secret', 'client_secret_file', 'client_secrets'].filter(
    (key) => fieldOf(client, key) !== undefined,
  );
  const [first, second] = given;
  if (first === undefined || second === undefined) return;
  context.addIssue({
    code: 'custom',
    path: [second],
    message: `is set, and so is ${first}`,
    params: { remedy: 'Set only one of client_secret, client_secret_file and client_secrets.' },
  });
}, ALWAYS);

/** Every scope of a resource server is declared, because the consent page shows its description. */
export const resourceScopesDeclared = z.superRefine<unknown>((content, context) => {
  const declared = new Set(membersOf(fieldOf(content, 'scopes')).map((scope) => fieldOf(scope, 'name')));
  membersOf(fieldOf(content, 'resources')).forEach((resource, index) => {
    membersOf(fieldOf(resource, 'scopes')).forEach((name, position) => {
      if (typeof name !== 'string' || declared.has(name)) return;
      context.addIssue({
        code: 'custom',
        path: ['resources', index, 'scopes', position],
        message: `${JSON.stringify(name)} is not a declared scope`,
        params: { remedy: 'Declare it under scopes, with the description that the consent page shows.' },
      });
    });
  });
}, ALWAYS);

export function membersOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
