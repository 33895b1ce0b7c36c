import type { SecretKeys } from './config.js';
import { Refusal } from './refusal.js';

/** Characters. */
const MIN_LENGTH = 32;
const MIN_DISTINCT_CHARACTERS = 6;
const PLACEHOLDER = /(change|replace)[-_ ]?(me|this|it)|your[-_ ]?(secret|key)|placeholder|^<.*>$/i;

/** How to make a secret key; part of every message about one. */
export const SECRET_KEY_REMEDY = 'Make one with: openssl rand -base64 32';

/**
 * Reads a comma-separated list of secret keys, the current one first.
 * @throws {Refusal} when a key is short, obviously weak, or there twice; it never repeats the key
 */
export function readSecretKeys(text: string): SecretKeys {
  const [current = '', ...previous] = text.split(',').map((key) => key.trim());
  const keys: SecretKeys = [current, ...previous];
  keys.forEach((key, index) => {
    const name = keys.length === 1 ? 'the key' : `key ${index + 1} of ${keys.length}`;
    const length = Array.from(key).length;
    if (length < MIN_LENGTH) {
      throw new Refusal(
        `${name} has ${length} characters; at least ${MIN_LENGTH} are needed`,
        SECRET_KEY_REMEDY,
      );
    }
    if (new Set(key).size < MIN_DISTINCT_CHARACTERS || PLACEHOLDER.test(key)) {
      throw new Refusal(`${name} can be guessed`, SECRET_KEY_REMEDY);
    }
    if (keys.indexOf(key) !== index) {
      throw new Refusal(`${name} is there twice`, 'Name each key once, the current one first.');
    }
  });
  return keys;
}
