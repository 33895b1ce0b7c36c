import { NO_CLIENT_FEATURES, type ClientFeatures } from '../../../src/domain/clients/client-features.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { DomainError, type FieldFault } from '../../../src/domain/errors.js';
import type { JsonObject } from '../../../src/domain/json.js';
import { makeCertificate } from '../../support/certificates.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { web } from '../../support/registration-faults.js';

const ON: ClientFeatures = { ...NO_CLIENT_FEATURES, mtls: true, tlsClientAuth: true };
const BY_NAME = { token_endpoint_auth_method: 'tls_client_auth' };
const DN = { tls_client_auth_subject_dn: 'CN=api,O=Example' };

async function faultsOf(
  metadata: JsonObject,
  clientFeatures: ClientFeatures = ON,
): Promise<readonly FieldFault[]> {
  try {
    await registerClient({ ...createClientUseCaseDeps(), clientFeatures }, { ...web, metadata });
    return [];
  } catch (error) {
    if (error instanceof DomainError) return error.faults;
    throw error;
  }
}

describe('clients with certificates (RFC 8705 §2)', () => {
  it.each<[JsonObject]>([
    [{ ...BY_NAME, ...DN }],
    [{ ...BY_NAME, tls_client_auth_san_dns: 'api.example.com' }],
    [{ ...BY_NAME, tls_client_auth_san_ip: '2001:db8::1' }],
    [{ ...BY_NAME, tls_client_auth_san_uri: 'spiffe://example.com/api' }],
    [{ ...BY_NAME, tls_client_auth_san_email: 'ops@example.com' }],
    [{ tls_client_certificate_bound_access_tokens: true, use_mtls_endpoint_aliases: true }],
  ])('%j is sound', async (metadata) => {
    expect(await faultsOf(metadata)).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['metadata_missing', BY_NAME, 'tls_client_auth_subject_dn'],
    [
      'metadata_contradiction',
      { ...BY_NAME, ...DN, tls_client_auth_san_dns: 'a.b' },
      'tls_client_auth_san_dns',
    ],
    ['metadata_contradiction', DN, 'tls_client_auth_subject_dn'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_subject_dn: 'api' }, 'tls_client_auth_subject_dn'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_subject_dn: ['CN=a'] }, 'tls_client_auth_subject_dn'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_san_dns: '*.example.com' }, 'tls_client_auth_san_dns'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_san_dns: '' }, 'tls_client_auth_san_dns'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_san_ip: '10.0.0.0/8' }, 'tls_client_auth_san_ip'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_san_uri: '/api' }, 'tls_client_auth_san_uri'],
    ['invalid_metadata', { ...BY_NAME, tls_client_auth_san_email: 'ops' }, 'tls_client_auth_san_email'],
    [
      'invalid_metadata',
      { tls_client_certificate_bound_access_tokens: 'yes' },
      'tls_client_certificate_bound_access_tokens',
    ],
    ['metadata_missing', { token_endpoint_auth_method: 'self_signed_tls_client_auth' }, 'jwks'],
  ])('%s: %j', async (code, metadata, key) => {
    expect(await faultsOf(metadata)).toMatchObject([{ code, field: `metadata/${key}` }]);
  });

  it('registers a self-signed certificate by its key', async () => {
    const { jwk } = await makeCertificate();
    const metadata = (x5c: unknown): JsonObject => ({
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: { keys: [{ ...jwk, x5c } as JsonObject] },
    });
    expect(await faultsOf(metadata(jwk['x5c']))).toEqual([]);
    for (const wrong of ['MIIB', [], ['MIIB'], [7], [null]]) {
      expect(await faultsOf(metadata(wrong))).toMatchObject([
        { field: 'metadata/jwks', code: 'invalid_metadata' },
      ]);
    }
  });

  it('says what has to be turned on', async () => {
    const off = NO_CLIENT_FEATURES;
    expect(await faultsOf({ ...BY_NAME, ...DN }, off)).toMatchObject([
      { field: 'metadata/token_endpoint_auth_method', code: 'metadata_not_supported' },
      { field: 'metadata/tls_client_auth_subject_dn', code: 'metadata_not_supported' },
    ]);
    const unverified = { ...ON, tlsClientAuth: false };
    const [fault] = await faultsOf({ ...BY_NAME, ...DN }, unverified);
    expect(fault?.detail).toContain('mtls.verification');
  });
});
