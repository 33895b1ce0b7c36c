import { generateKeyPairSync } from 'node:crypto';
import { NO_CLIENT_FEATURES, type ClientFeatures } from '../../../src/domain/clients/client-features.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { DomainError, type FieldFault } from '../../../src/domain/errors.js';
import type { JsonObject } from '../../../src/domain/json.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { web } from '../../support/registration-faults.js';

const ALL: ClientFeatures = {
  ...NO_CLIENT_FEATURES,
  encryption: true,
  jwtUserinfo: true,
  introspection: true,
  jwtIntrospection: true,
  jarm: true,
};
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
}) as JsonObject;
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as JsonObject;
const x = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }) as JsonObject;
const setOf = (...keys: readonly JsonObject[]): JsonObject => ({ keys });
const jwks = setOf({ ...ec, use: 'enc' });
const ID_TOKEN = 'id_token_encrypted_response_alg';

async function faultsOf(
  metadata: JsonObject,
  clientFeatures: ClientFeatures = ALL,
): Promise<readonly FieldFault[]> {
  try {
    await registerClient({ ...createClientUseCaseDeps(), clientFeatures }, { ...web, metadata });
    return [];
  } catch (error) {
    if (error instanceof DomainError) return error.faults;
    throw error;
  }
}

describe('encryption for clients (OpenID Connect Dynamic Client Registration 1.0 §2)', () => {
  it.each<[string, JsonObject]>([
    [
      'every message',
      {
        id_token_encrypted_response_alg: 'ECDH-ES',
        id_token_encrypted_response_enc: 'A256GCM',
        userinfo_signed_response_alg: 'ES256',
        userinfo_encrypted_response_alg: 'ECDH-ES+A128KW',
        introspection_encrypted_response_alg: 'ECDH-ES+A256KW',
        authorization_encrypted_response_alg: 'ECDH-ES',
        authorization_encrypted_response_enc: 'A128CBC-HS256',
        jwks,
      },
    ],
    ['an X25519 key', { [ID_TOKEN]: 'ECDH-ES', jwks: setOf(ed, { ...x, use: 'enc', alg: 'ECDH-ES' }) }],
    ['keys behind an address', { [ID_TOKEN]: 'RSA-OAEP-256', jwks_uri: 'https://a.example/jwks' }],
  ])('accepts %s', async (_, metadata) => {
    expect(await faultsOf(metadata)).toEqual([]);
  });

  it.each<[string, string]>([
    [ID_TOKEN, 'dir'],
    [ID_TOKEN, 'A256KW'],
    [ID_TOKEN, 'RSA1_5'],
    [ID_TOKEN, 'RSA-OAEP'],
    [ID_TOKEN, 'none'],
    ['userinfo_encrypted_response_alg', 'A128GCMKW'],
    ['id_token_encrypted_response_enc', 'A192GCM'],
    ['id_token_encrypted_response_enc', ''],
  ])('refuses %s = %s', async (key, value) => {
    const [fault] = await faultsOf({ [key]: value, jwks });
    expect(fault).toMatchObject({ field: `metadata/${key}`, code: 'invalid_metadata' });
    expect(fault?.detail).toContain(key.endsWith('_alg') ? '"ECDH-ES+A256KW"' : '"A256GCM"');
  });

  it.each<[string, JsonObject, string, string]>([
    [
      'enc without alg',
      { id_token_encrypted_response_enc: 'A256GCM' },
      'metadata/id_token_encrypted_response_enc',
      `without ${ID_TOKEN}`,
    ],
    ['no keys', { [ID_TOKEN]: 'ECDH-ES' }, 'metadata/jwks', 'give jwks or jwks_uri'],
    [
      'a key that is not said to be for encryption',
      { [ID_TOKEN]: 'ECDH-ES', jwks: setOf(ec) },
      'metadata/jwks',
      '"use": "enc"',
    ],
    [
      'a key for signing',
      { [ID_TOKEN]: 'ECDH-ES', jwks: setOf({ ...ec, use: 'sig' }) },
      'metadata/jwks',
      '"use": "enc"',
    ],
    [
      'a key that can only sign',
      { [ID_TOKEN]: 'ECDH-ES', jwks: setOf({ ...ed, use: 'enc' }) },
      'metadata/jwks',
      'EC or X25519',
    ],
    ['a key of another type', { [ID_TOKEN]: 'RSA-OAEP-256', jwks }, 'metadata/jwks', 'RSA key'],
    [
      'a key of another algorithm',
      { [ID_TOKEN]: 'ECDH-ES', jwks: setOf({ ...ec, use: 'enc', alg: 'ECDH-ES+A128KW' }) },
      'metadata/jwks',
      'ECDH-ES can encrypt to',
    ],
    [
      'userinfo that is not signed',
      { userinfo_encrypted_response_alg: 'ECDH-ES', jwks },
      'metadata/userinfo_signed_response_alg',
      'is missing',
    ],
  ])('refuses %s', async (_, metadata, field, detail) => {
    const faults = await faultsOf(metadata);
    expect(faults.map((fault) => fault.field)).toEqual([field]);
    expect(faults[0]?.detail).toContain(detail);
  });

  it.each<[string, Partial<ClientFeatures>, string]>([
    [ID_TOKEN, { encryption: false }, 'needs features.encryption, which is off'],
    ['id_token_encrypted_response_enc', { encryption: false }, 'needs features.encryption, which is off'],
    ['userinfo_encrypted_response_alg', { jwtUserinfo: false }, 'needs features.jwt_userinfo, which is off'],
    [
      'introspection_encrypted_response_alg',
      { introspection: false },
      'needs features.introspection, which is off',
    ],
    [
      'introspection_encrypted_response_alg',
      { jwtIntrospection: false, encryption: false },
      'needs features.encryption and features.jwt_introspection, which are off',
    ],
    ['authorization_encrypted_response_alg', { jarm: false }, 'needs features.jarm, which is off'],
  ])('refuses %s while %j', async (key, off, text) => {
    const [fault] = await faultsOf({ [key]: 'ECDH-ES', jwks }, { ...ALL, ...off });
    expect(fault).toMatchObject({ field: `metadata/${key}`, code: 'metadata_not_supported' });
    expect(fault?.detail).toContain(text);
  });

  it('refuses requests encrypted to this provider, which has no key for them', async () => {
    const [fault] = await faultsOf({ request_object_encryption_alg: 'ECDH-ES', jwks });
    expect(fault).toMatchObject({ code: 'metadata_not_supported' });
  });
});
