/**
 * Sets of rules that specifications have put together, each demanding all that those before it demand.
 * - `oauth21`: OAuth 2.1 (draft-ietf-oauth-v2-1)
 * - `fapi2`: FAPI 2.0 Security Profile
 * - `fapi2-message-signing`: FAPI 2.0 Message Signing, on top of the security profile
 */
export const SECURITY_PROFILES = ['oauth21', 'fapi2', 'fapi2-message-signing'] as const;
export type SecurityProfile = (typeof SECURITY_PROFILES)[number];

/** Reads the name of a profile; undefined when it is none. */
export function readSecurityProfile(value: unknown): SecurityProfile | undefined {
  return SECURITY_PROFILES.find((profile) => profile === value);
}

/** Whether whoever is held to the one profile is thereby held to the other as well. */
export function demands(profile: SecurityProfile | undefined, other: SecurityProfile): boolean {
  return profile !== undefined && SECURITY_PROFILES.indexOf(profile) >= SECURITY_PROFILES.indexOf(other);
}

/** The one of two profiles that demands more; undefined where there is none. */
export function stricterProfile(
  one: SecurityProfile | undefined,
  other: SecurityProfile | undefined,
): SecurityProfile | undefined {
  return other !== undefined && demands(one, other) ? one : (other ?? one);
}

/** Seconds that an authorization code may live at most. @see FAPI 2.0 Security Profile §5.3.2.1 */
export const MAX_CODE_SECONDS = 60;

/** Algorithms by which clients and this provider may sign. @see FAPI 2.0 Security Profile §5.4.1 */
export const PROFILE_SIGNING_ALGORITHMS: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** The parts of the protocol on which profiles depend, named as in the configuration. */
export interface ProfileFeatures {
  readonly pushedAuthorizationRequests: boolean;
  readonly dpop: boolean;
  readonly requestObjects: boolean;
  readonly jarm: boolean;
  readonly introspection: boolean;
  readonly jwtIntrospection: boolean;
}

const NEEDED: Readonly<Record<SecurityProfile, readonly (keyof ProfileFeatures)[]>> = {
  oauth21: [],
  fapi2: ['pushedAuthorizationRequests', 'dpop'],
  'fapi2-message-signing': [
    ...(['pushedAuthorizationRequests', 'dpop'] as const),
    ...(['requestObjects', 'jarm', 'introspection', 'jwtIntrospection'] as const),
  ],
};

const SETTINGS: Readonly<Record<keyof ProfileFeatures, string>> = {
  pushedAuthorizationRequests: 'pushed_authorization_requests',
  dpop: 'dpop',
  requestObjects: 'request_objects',
  jarm: 'jarm',
  introspection: 'introspection',
  jwtIntrospection: 'jwt_introspection',
};

/** The names, in the section `features` of the configuration file, of what has to be on for the profile. */
export function featuresOfProfile(profile: SecurityProfile): readonly string[] {
  return NEEDED[profile].map((feature) => SETTINGS[feature]);
}

/**
 * The names of those that are off, see `featuresOfProfile`.
 * @param options.byCertificate tokens are bound to a certificate instead of by DPoP (RFC 8705 §3)
 */
export function missingFeatures(
  profile: SecurityProfile,
  features: ProfileFeatures,
  { byCertificate }: { readonly byCertificate: boolean },
): readonly string[] {
  return NEEDED[profile]
    .filter((feature) => !features[feature] && !(feature === 'dpop' && byCertificate))
    .map((feature) => SETTINGS[feature]);
}
