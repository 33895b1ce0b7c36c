import { z } from 'zod';
import {
  demands,
  featuresOfProfile,
  MAX_CODE_SECONDS,
  PROFILE_SIGNING_ALGORITHMS,
  readSecurityProfile,
  SECURITY_PROFILES,
} from '../domain/profiles/security-profile.js';
import { FURTHER_RESPONSE_TYPES, IMPLICIT_GRANT } from '../domain/clients/response-types.js';
import { ALWAYS, fieldOf, membersOf } from './file-rules.js';

/** The key `profile` of the configuration file, and of a client in it. */
export const profileSchema = z.enum(SECURITY_PROFILES);

/** Settings that somebody chose together, by the name of the choice. */
export const PRESETS = ['conformance'] as const;
export const presetSchema = z.enum(PRESETS);

/** What the tests of the OpenID Foundation look at. */
const CONFORMANCE_FEATURES = ['request_objects', 'jarm', 'jwt_userinfo', 'jwt_introspection', 'encryption'];

/** Each module of a test registers clients of its own, all from one machine. */
const OPEN_REGISTRATION = {
  mode: 'open',
  grant_types: ['authorization_code', 'refresh_token', IMPLICIT_GRANT],
  registrations_per_network: 100_000,
  max_unused: 100_000,
};

/**
 * The content of a file with what its profile and its preset switch on, where the file itself says nothing about it.
 * @param content the file's content, not checked yet
 */
export function withProfileDefaults(content: unknown): unknown {
  const profile = readSecurityProfile(fieldOf(content, 'profile'));
  const isForConformance = fieldOf(content, 'preset') === 'conformance';
  const switchedOn = [
    ...(isForConformance ? CONFORMANCE_FEATURES : []),
    ...(profile === undefined ? [] : featuresOfProfile(profile)),
  ];
  if (!isObject(content) || (profile === undefined && switchedOn.length === 0)) return content;
  const features = fieldOf(content, 'features') ?? {};
  const resources = fieldOf(content, 'resources');
  const registration = fieldOf(content, 'client_registration') ?? {};
  return {
    ...content,
    ...(isForConformance && isObject(registration)
      ? { client_registration: { ...OPEN_REGISTRATION, ...registration } }
      : {}),
    features: isObject(features)
      ? {
          ...Object.fromEntries(
            switchedOn
              // What the file turns off takes along what is nothing without it; profiles say so instead.
              .filter((name) => !isFutile(name, features) || profile !== undefined)
              .map((name) => [name, true]),
          ),
          // Profiles have no room for them.
          ...(isForConformance && profile === undefined
            ? { response_types: [...FURTHER_RESPONSE_TYPES] }
            : {}),
          ...features,
        }
      : features,
    ...(demands(profile, 'fapi2') && Array.isArray(resources)
      ? {
          resources: resources.map((resource: unknown) =>
            isObject(resource) ? { signing_algorithm: 'ES256', ...resource } : resource,
          ),
        }
      : {}),
  };
}

/** Signed introspection without introspection. */
function isFutile(name: string, features: unknown): boolean {
  return name === 'jwt_introspection' && fieldOf(features, 'introspection') === false;
}

/** Nothing in the file contradicts its profile; what clients may be is the domain's to say. */
export const profileHolds = z.superRefine<unknown>((content, context) => {
  const profile = readSecurityProfile(fieldOf(content, 'profile'));
  if (profile === undefined) return;
  const refuse = (path: (string | number)[], problem: string, remedy: string): void => {
    const message = `${problem}, which the profile ${profile} does not allow`;
    context.addIssue({ code: 'custom', path, message, params: { remedy } });
  };
  for (const name of featuresOfProfile(profile)) {
    const features = fieldOf(content, 'features');
    if (fieldOf(features, name) !== false) continue;
    // Tokens may be bound to certificates instead.
    if (name === 'dpop' && fieldOf(features, 'mtls') === true) continue;
    refuse(['features', name], 'is off', 'Remove the key: the profile switches it on.');
  }
  const responseTypes = membersOf(fieldOf(fieldOf(content, 'features'), 'response_types'));
  if (responseTypes.length > 0) {
    const path = ['features', 'response_types'];
    refuse(path, 'offers more than codes', 'Remove the key, or the profile.');
  }
  if (!demands(profile, 'fapi2')) return;
  const codeSeconds = fieldOf(fieldOf(content, 'lifetimes'), 'authorization_code_seconds');
  if (typeof codeSeconds === 'number' && codeSeconds > MAX_CODE_SECONDS) {
    const path = ['lifetimes', 'authorization_code_seconds'];
    refuse(path, `is ${codeSeconds}`, `Use ${MAX_CODE_SECONDS} or less.`);
  }
  membersOf(fieldOf(content, 'resources')).forEach((resource, index) => {
    const algorithm = fieldOf(resource, 'signing_algorithm');
    if (typeof algorithm !== 'string' || PROFILE_SIGNING_ALGORITHMS.includes(algorithm)) return;
    refuse(['resources', index, 'signing_algorithm'], `is ${algorithm}`, 'Use ES256 or EdDSA.');
  });
}, ALWAYS);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
