import type { JsonValue } from '../json.js';
import { parseWebUri } from './web-uri.js';

/** Says what is wrong with a value, undefined when nothing is; the sentence goes on after the key's name. */
export type Check = (value: JsonValue) => string | undefined;

const MAX_TEXT = 2048;

const isText = (value: JsonValue): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;

/** A text that is not empty, of 2048 characters at most. */
export const text: Check = (value) => (isText(value) ? undefined : 'must be a text that is not empty.');

/** True or false. */
export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false.');

/** Whole seconds, 0 or more. */
export const seconds: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0
    ? undefined
    : 'must be a whole number of seconds, 0 or more.';

/** An address that `parseWebUri` takes. */
export const webUri: Check = (value) =>
  isText(value) && parseWebUri(value) !== undefined
    ? undefined
    : 'must be an absolute https: URI without fragment (http: on loopback only).';

/** The same, with TLS. */
export const httpsUri: Check = (value) =>
  isText(value) && parseWebUri(value)?.protocol === 'https:' ? undefined : 'must be an absolute https: URI.';

/** A list of email addresses. */
export const emails: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && /^[^\s@]+@[^\s@]+$/.test(item))
    ? undefined
    : 'must be a list of email addresses.';

/** A list of texts. */
export const texts: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every(isText)
    ? undefined
    : 'must be a list of texts.';

/** One of a few texts. */
export const oneOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value) ? undefined : `must be ${alternatives(allowed)}.`;

/** A list of some of a few texts, each once. */
export const someOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((item) => typeof item === 'string' && allowed.includes(item))
      ? undefined
      : `must be a list of ${alternatives(allowed)}, each once.`;

function alternatives(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(' or ');
}
