import {
  demands,
  missingFeatures,
  readSecurityProfile,
  stricterProfile,
} from '../../../src/domain/profiles/security-profile.js';

it('each profile demands what those before it demand', () => {
  expect(demands('fapi2-message-signing', 'oauth21')).toBe(true);
  expect(demands('fapi2', 'fapi2')).toBe(true);
  expect(demands('oauth21', 'fapi2')).toBe(false);
  expect(demands(undefined, 'oauth21')).toBe(false);
});

it('of two profiles the stricter one holds', () => {
  expect(stricterProfile('oauth21', 'fapi2')).toBe('fapi2');
  expect(stricterProfile('fapi2', 'oauth21')).toBe('fapi2');
  expect(stricterProfile(undefined, 'oauth21')).toBe('oauth21');
  expect(stricterProfile('oauth21', undefined)).toBe('oauth21');
  expect(stricterProfile(undefined, undefined)).toBeUndefined();
});

it('reads names, and nothing else', () => {
  expect(readSecurityProfile('fapi2')).toBe('fapi2');
  expect(readSecurityProfile('fapi3')).toBeUndefined();
  expect(readSecurityProfile(2)).toBeUndefined();
});

it('tells what is off that a profile needs, by the names of the configuration', () => {
  const features = {
    pushedAuthorizationRequests: true,
    dpop: false,
    requestObjects: false,
    jarm: true,
    introspection: true,
    jwtIntrospection: true,
  };
  expect(missingFeatures('oauth21', features, { byCertificate: false })).toEqual([]);
  const missing = (byCertificate: boolean) =>
    missingFeatures('fapi2-message-signing', features, { byCertificate });
  expect(missing(false)).toEqual(['dpop', 'request_objects']);
  expect(missing(true)).toEqual(['request_objects']);
});
