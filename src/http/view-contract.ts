import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Version of what templates get. It rises when a template that was made for an earlier one may no longer work: when a
 * page, a member of a model, a partial or a name of `LOCALS` goes or changes its meaning. What is added changes nothing.
 */
export const VIEW_CONTRACT_VERSION = 1;

/** What changed with each version, for people whose templates were made for an earlier one. */
export const VIEW_CONTRACT_CHANGES: Readonly<Record<number, readonly string[]>> = {
  1: ['The first version.'],
};

/** The type of a member of a model. */
export type ContractType =
  | { readonly kind: 'text' | 'number' | 'flag' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: ContractType }
  | { readonly kind: 'either'; readonly of: readonly ContractType[] }
  | { readonly kind: 'object'; readonly fields: ContractFields };

/** Members of a model. */
export type ContractFields = Readonly<
  Record<string, { readonly type: ContractType; readonly optional?: boolean }>
>;

/** What each page's template gets, as `scripts/view-contract.mjs` has written it down. */
export interface ViewContract {
  readonly version: number;
  readonly pages: Readonly<Record<string, { readonly fields: ContractFields }>>;
}

/** Reads `<root>/contract.json`. */
export function readViewContract(root: string): ViewContract {
  return JSON.parse(readFileSync(path.join(root, 'contract.json'), 'utf8')) as ViewContract;
}

/** Members that are times, by their names. */
const TIME = /^(at|since|until|.*At)$/;

/** Models to try a template with: everything there, as little as possible, and each choice once. */
export function sampleModels(fields: ContractFields): readonly Readonly<Record<string, unknown>>[] {
  const full = objectOf(fields, false);
  const choices = Object.entries(fields).flatMap(([name, { type }]) =>
    type.kind === 'choice' ? type.values.map((value) => ({ ...full, [name]: value })) : [],
  );
  return [full, objectOf(fields, true), ...choices];
}

function objectOf(fields: ContractFields, least: boolean): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, { optional }]) => !(least && optional))
      .map(([name, { type }]) => [name, sampleOf(name, type, least)]),
  );
}

function sampleOf(name: string, type: ContractType, least: boolean): unknown {
  switch (type.kind) {
    case 'text':
      // What is no time may be a link, which pages only print where it is one.
      return TIME.test(name) ? '2026-01-31T12:00:00Z' : '/sample';
    case 'number':
      return 5;
    case 'flag':
      return !least;
    case 'choice':
      return type.values[0];
    case 'list':
      return least ? [] : [sampleOf(name, type.of, least)];
    case 'map':
      return least ? {} : { sample: sampleOf(name, type.of, least) };
    case 'either':
      return type.of[0] && sampleOf(name, type.of[0], least);
    case 'object':
      return objectOf(type.fields, least);
  }
}
