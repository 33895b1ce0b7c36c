import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { JsonObject } from '../domain/json.js';
import { CHALLENGE_SECONDS } from '../domain/passkeys/passkey-challenge.js';
import type { PasskeyCeremonies, PasskeyReference } from '../domain/passkeys/passkey-ceremonies.js';

/** EdDSA, ES256, RS256. @see IANA COSE Algorithms */
const ALGORITHMS = [-8, -7, -257];
const TIMEOUT_MS = CHALLENGE_SECONDS * 1000;
/** Characters; real answers have about 1,000, some with a certificate 5,000. */
const LONGEST_ANSWER = 20_000;
/** Bytes. @see WebAuthn Level 3 §4 (credential ID) */
const LONGEST_CREDENTIAL_ID = 1023;
/** As authenticators name them; other texts are left out. */
const TRANSPORT = /^[a-z-]{1,20}$/;

/** Loaded when somebody first uses a passkey: it takes a quarter of a second and 28 MB. */
const library = () => import('@simplewebauthn/server');

/**
 * The ceremonies by the library.
 * @param settings.issuer its host is the relying party's id, and its origin the only one that answers come from
 * @param settings.name what authenticators call this provider
 */
export function createWebauthnCeremonies(settings: {
  readonly issuer: string;
  readonly name: string;
}): PasskeyCeremonies {
  const { hostname: rpId, origin } = new URL(settings.issuer);
  return {
    rpId,
    creationOptions: async ({ challenge, userHandle, userName, displayName, excluded }) =>
      asJson(
        await (
          await library()
        ).generateRegistrationOptions({
          rpName: settings.name,
          rpID: rpId,
          userName,
          userDisplayName: displayName,
          userID: new Uint8Array(userHandle),
          challenge: new Uint8Array(challenge),
          timeout: TIMEOUT_MS,
          attestationType: 'none',
          excludeCredentials: excluded.map(toDescriptor),
          authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
          supportedAlgorithmIDs: ALGORITHMS,
        }),
      ),
    requestOptions: async ({ challenge, allowed }) =>
      asJson(
        await (
          await library()
        ).generateAuthenticationOptions({
          rpID: rpId,
          challenge: new Uint8Array(challenge),
          timeout: TIMEOUT_MS,
          userVerification: 'required',
          ...(allowed ? { allowCredentials: allowed.map(toDescriptor) } : {}),
        }),
      ),
    async verifyCreation(answer, isExpected) {
      const response = parse(answer);
      if (!response || isFromFrame(response)) return undefined;
      try {
        const { verifyRegistrationResponse } = await library();
        const { verified, registrationInfo } = await verifyRegistrationResponse({
          response: response as unknown as RegistrationResponseJSON,
          expectedChallenge: isExpected,
          expectedOrigin: origin,
          expectedRPID: rpId,
          requireUserVerification: true,
          supportedAlgorithmIDs: ALGORITHMS,
        });
        if (!verified) return undefined;
        const { credential, aaguid, credentialDeviceType, credentialBackedUp, userVerified } =
          registrationInfo;
        const credentialId = Buffer.from(credential.id, 'base64url');
        if (credentialId.length === 0 || credentialId.length > LONGEST_CREDENTIAL_ID) return undefined;
        return {
          credentialId,
          publicKey: Buffer.from(credential.publicKey),
          signCount: credential.counter,
          transports: transportsOf(credential.transports),
          aaguid,
          multiDevice: credentialDeviceType === 'multiDevice',
          backedUp: credentialBackedUp,
          userVerified,
        };
      } catch {
        // Every way in which an answer can be wrong; the library's texts quote it.
        return undefined;
      }
    },
    readAssertion(answer) {
      const response = parse(answer);
      const credentialId = response && bytes(response['id']);
      if (!credentialId || credentialId.length === 0 || credentialId.length > LONGEST_CREDENTIAL_ID) {
        return undefined;
      }
      const userHandle = bytes(member(response, 'userHandle'));
      return { credentialId, userHandle: userHandle && userHandle.length > 0 ? userHandle : undefined };
    },
    async verifyAssertion(answer, isExpected, passkey) {
      const response = parse(answer);
      if (!response || isFromFrame(response)) return undefined;
      try {
        const { verifyAuthenticationResponse } = await library();
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: response as unknown as AuthenticationResponseJSON,
          expectedChallenge: isExpected,
          expectedOrigin: origin,
          expectedRPID: rpId,
          requireUserVerification: true,
          // The count is looked at when the use is noted, atomically.
          credential: { ...toDescriptor(passkey), publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
        });
        if (!verified) return undefined;
        const { newCounter, credentialBackedUp } = authenticationInfo;
        return { signCount: newCounter, backedUp: credentialBackedUp };
      } catch {
        return undefined;
      }
    },
  };
}

function toDescriptor({ credentialId, transports }: PasskeyReference) {
  return { id: credentialId.toString('base64url'), transports: [...transports] };
}

/** @returns undefined unless it is a JSON object of a size that an authenticator's answer has */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.length > LONGEST_ANSWER) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && isRecord(value['response']) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(answer: Readonly<Record<string, unknown>>, name: string): unknown {
  const { response } = answer;
  return isRecord(response) ? response[name] : undefined;
}

function bytes(value: unknown): Buffer | undefined {
  return typeof value === 'string' && /^[\w-]*$/.test(value) ? Buffer.from(value, 'base64url') : undefined;
}

/** This provider's pages are in nobody's frame. @see WebAuthn Level 3 §7.2 step 11 */
function isFromFrame(answer: Readonly<Record<string, unknown>>): boolean {
  try {
    const data: unknown = JSON.parse(String(bytes(member(answer, 'clientDataJSON'))));
    return isRecord(data) && data['crossOrigin'] === true;
  } catch {
    return true;
  }
}

function transportsOf(transports: readonly unknown[] | undefined): readonly string[] {
  return (Array.isArray(transports) ? transports : [])
    .filter((transport): transport is string => typeof transport === 'string' && TRANSPORT.test(transport))
    .slice(0, 8);
}

function asJson(options: object): JsonObject {
  return JSON.parse(JSON.stringify(options)) as JsonObject;
}
