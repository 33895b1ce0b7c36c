import { attestationMethodProblem } from '../../../src/domain/clients/client-attestation-rules.js';
import { provesItselfByKey } from '../../../src/domain/clients/client-defaults.js';

test('a client may authenticate by attestation only where attestations are taken', () => {
  const on = { clientAttestation: true, dpop: true };
  const off = { ...on, clientAttestation: false };
  for (const method of ['attest_jwt_client_auth', 'attest_jwt_client_auth_dpop']) {
    expect(attestationMethodProblem(method, on)).toBeUndefined();
    expect(attestationMethodProblem(method, off)?.detail).toContain('features.client_attestation');
  }
  expect(attestationMethodProblem('none', off)).toBeUndefined();
  const withoutDpop = { ...on, dpop: false };
  expect(attestationMethodProblem('attest_jwt_client_auth', withoutDpop)).toBeUndefined();
  expect(attestationMethodProblem('attest_jwt_client_auth_dpop', withoutDpop)?.detail).toContain(
    'features.dpop',
  );
  const problem = attestationMethodProblem('attest_jwt_client_auth', off);
  expect(problem).toMatchObject({ code: 'metadata_not_supported' });
  expect(problem?.detail).toContain('features.client_attestation');
});

test('FAPI does not take an attestation for the key of a client (FAPI 2.0 Security Profile §5.3.2.1)', () => {
  expect(provesItselfByKey('attest_jwt_client_auth')).toBe(false);
  expect(provesItselfByKey('attest_jwt_client_auth_dpop')).toBe(false);
  expect(provesItselfByKey('private_key_jwt')).toBe(true);
});
