import type { JsonValue } from '../json.js';

/** More keys than any rotation needs. */
const MAX_KEYS = 20;

const REQUIRED_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

const PRIVATE_PARAMETERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Bits; a shorter RSA modulus is refused. @see RFC 7518 §3.3 */
const MIN_RSA_BITS = 2048;

/**
 * Checks a client's key set: public, asymmetric keys only.
 * @returns what is wrong and what would be right, undefined when it is sound
 * @see RFC 7517 §5, RFC 7591 §2
 */
export function jwksProblem(value: JsonValue): string | undefined {
  const keys = isObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) {
    return `must be a JSON Web Key Set, {"keys": […]}, with 1 to ${MAX_KEYS} keys.`;
  }
  for (const [index, key] of keys.entries()) {
    const problem = jwkProblem(key as JsonValue);
    if (problem !== undefined) return `has a wrong key at keys/${index}: it ${problem}`;
  }
  return undefined;
}

function jwkProblem(key: JsonValue): string | undefined {
  if (!isObject(key)) return 'must be an object.';
  const leaked = PRIVATE_PARAMETERS.find((name) => key[name] !== undefined);
  if (leaked !== undefined) return `holds the private parameter "${leaked}"; register the public key only.`;
  const keyType = key['kty'];
  const required = typeof keyType === 'string' ? REQUIRED_PARAMETERS[keyType] : undefined;
  if (required === undefined) return 'must have a "kty" of RSA, EC or OKP.';
  const missing = required.find((name) => typeof key[name] !== 'string' || key[name] === '');
  if (missing !== undefined) return `lacks the parameter "${missing}".`;
  if (keyType === 'RSA' && modulusBits(key['n']) < MIN_RSA_BITS) {
    return `has an RSA modulus of fewer than ${MIN_RSA_BITS} bits.`;
  }
  return undefined;
}

function modulusBits(modulus: JsonValue | undefined): number {
  return typeof modulus === 'string' ? Buffer.from(modulus, 'base64url').length * 8 : 0;
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
