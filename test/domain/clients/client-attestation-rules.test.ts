import { attestationMethodProblem } from '../../../src/domain/clients/client-attestation-rules.js';
import { provesItselfByKey } from '../../../src/domain/clients/client-defaults.js';

test('a client may authenticate by attestation only where attestations are taken', () => {
  expect(attestationMethodProblem('attest_jwt_client_auth', { clientAttestation: true })).toBeUndefined();
  expect(attestationMethodProblem('none', { clientAttestation: false })).toBeUndefined();
  const problem = attestationMethodProblem('attest_jwt_client_auth', { clientAttestation: false });
  expect(problem).toMatchObject({ code: 'metadata_not_supported' });
  expect(problem?.detail).toContain('features.client_attestation');
});

test('FAPI does not take an attestation for the key of a client (FAPI 2.0 Security Profile §5.3.2.1)', () => {
  expect(provesItselfByKey('attest_jwt_client_auth')).toBe(false);
  expect(provesItselfByKey('private_key_jwt')).toBe(true);
});
