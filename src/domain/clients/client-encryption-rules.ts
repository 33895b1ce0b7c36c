import type { JsonObject, JsonValue } from '../json.js';

/** How the key of a message is encrypted: to a public key of the client, never by its secret. @see RFC 7518 §4.1 */
export const KEY_ENCRYPTION_ALGORITHMS = [
  'RSA-OAEP-256',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A256KW',
] as const;

/** How the message itself is encrypted. @see RFC 7518 §5.1 */
export const CONTENT_ENCRYPTION_ALGORITHMS = ['A128CBC-HS256', 'A128GCM', 'A256GCM'] as const;

/** The parts of the protocol on which encryption depends, named as in the configuration. */
export interface EncryptionFeatures {
  readonly encryption: boolean;
  readonly jwtUserinfo: boolean;
  readonly introspection: boolean;
  readonly jwtIntrospection: boolean;
  readonly jarm: boolean;
}

/** For a provider that encrypts nothing. */
export const NO_ENCRYPTION: EncryptionFeatures = {
  encryption: false,
  jwtUserinfo: false,
  introspection: false,
  jwtIntrospection: false,
  jarm: false,
};

interface Message {
  /** What its metadata begins with. */
  readonly name: string;
  readonly needs: readonly (keyof EncryptionFeatures)[];
  /** Whether a signature has to be asked for, because there is no default. */
  readonly unsignedByDefault: boolean;
}

const MESSAGES: readonly Message[] = [
  { name: 'id_token', needs: ['encryption'], unsignedByDefault: false },
  { name: 'userinfo', needs: ['encryption', 'jwtUserinfo'], unsignedByDefault: true },
  {
    name: 'introspection',
    needs: ['encryption', 'introspection', 'jwtIntrospection'],
    unsignedByDefault: false,
  },
  { name: 'authorization', needs: ['encryption', 'jarm'], unsignedByDefault: false },
];

const SETTINGS: Readonly<Record<keyof EncryptionFeatures, string>> = {
  encryption: 'features.encryption',
  jwtUserinfo: 'features.jwt_userinfo',
  introspection: 'features.introspection',
  jwtIntrospection: 'features.jwt_introspection',
  jarm: 'features.jarm',
};

interface Problem {
  readonly code: string;
  /** Goes on after the key's name. */
  readonly detail: string;
}

/** Whether a key of client metadata asks for encryption that this provider knows. */
export function isEncryptionKey(key: string): boolean {
  return messageOf(key) !== undefined;
}

/**
 * Says what is wrong with a single key that asks for encryption, undefined when nothing is.
 * @see OpenID Connect Dynamic Client Registration 1.0 §2, RFC 9701 §6, JARM 1.0 §3
 */
export function encryptionProblem(
  key: string,
  value: JsonValue,
  features: EncryptionFeatures,
): Problem | undefined {
  const off = messageOf(key)?.needs.filter((feature) => !features[feature]) ?? [];
  if (off.length > 0) {
    const settings = off.map((feature) => SETTINGS[feature]).join(' and ');
    return {
      code: 'metadata_not_supported',
      detail: `needs ${settings}, which ${off.length > 1 ? 'are' : 'is'} off. Turn ${off.length > 1 ? 'them' : 'it'} on in the configuration file, or leave this out.`,
    };
  }
  const allowed: readonly string[] = key.endsWith('_alg')
    ? KEY_ENCRYPTION_ALGORITHMS
    : CONTENT_ENCRYPTION_ALGORITHMS;
  if (typeof value === 'string' && allowed.includes(value)) return undefined;
  const names = allowed.map((name) => JSON.stringify(name)).join(' or ');
  return { code: 'invalid_metadata', detail: `must be ${names}.` };
}

/**
 * What contradicts itself in metadata whose keys are each sound: an `enc` without its `alg`, encryption of what is not
 * signed, and encryption without a key to encrypt to.
 */
export function encryptionContradictions(
  metadata: JsonObject,
): readonly (Problem & { readonly key: string })[] {
  return MESSAGES.flatMap(({ name, unsignedByDefault }) => {
    const algKey = `${name}_encrypted_response_alg`;
    const signedKey = `${name}_signed_response_alg`;
    const alg = metadata[algKey];
    if (alg === undefined) {
      const encKey = `${name}_encrypted_response_enc`;
      if (metadata[encKey] === undefined) return [];
      return [{ key: encKey, code: 'metadata_contradiction', detail: `is of no use without ${algKey}.` }];
    }
    const problems: (Problem & { readonly key: string })[] = [];
    if (unsignedByDefault && metadata[signedKey] === undefined) {
      problems.push({
        key: signedKey,
        code: 'metadata_missing',
        detail: `is missing: ${algKey} encrypts what is signed.`,
      });
    }
    const keyProblem = encryptionKeyProblem(metadata, typeof alg === 'string' ? alg : '');
    if (keyProblem !== undefined) {
      problems.push({ key: 'jwks', code: 'metadata_missing', detail: `${keyProblem}, for ${algKey}.` });
    }
    return problems;
  });
}

/** Keys behind `jwks_uri` are seen only when they are needed. */
function encryptionKeyProblem({ jwks, jwks_uri: jwksUri }: JsonObject, alg: string): string | undefined {
  if (jwks === undefined && jwksUri === undefined) {
    return 'is missing: give jwks or jwks_uri with a public key to encrypt to';
  }
  const keys = isObject(jwks) && Array.isArray(jwks['keys']) ? (jwks['keys'] as readonly JsonValue[]) : [];
  if (jwks === undefined || keys.some((key) => isObject(key) && fits(key, alg))) return undefined;
  const kind = alg.startsWith('RSA') ? 'RSA' : 'EC or X25519';
  return `has no key that ${alg} can encrypt to: add a public ${kind} key with "use": "enc"`;
}

function fits(key: JsonObject, alg: string): boolean {
  // Said so, because without it the library may take a key that can only sign.
  if (key['use'] !== 'enc' || (key['alg'] ?? alg) !== alg) return false;
  if (alg.startsWith('RSA')) return key['kty'] === 'RSA';
  return key['kty'] === 'EC'
    ? ['P-256', 'P-384', 'P-521'].some((curve) => curve === key['crv'])
    : key['kty'] === 'OKP' && key['crv'] === 'X25519';
}

function messageOf(key: string): Message | undefined {
  return MESSAGES.find(
    ({ name }) => key === `${name}_encrypted_response_alg` || key === `${name}_encrypted_response_enc`,
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
