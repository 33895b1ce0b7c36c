import { randomUUID } from 'node:crypto';
import * as jose from 'jose';

/** Replaces members of the header or the claims of a JWT; one that is undefined is left out. */
export interface JwtChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: jose.CryptoKey | Uint8Array;
}

/** An installed app with a key of its own. */
export interface ClientInstance {
  readonly publicJwk: jose.JWK;
  readonly privateJwk: jose.JWK;
  readonly privateKey: jose.CryptoKey;
}

/** @see draft-ietf-oauth-attestation-based-client-auth */
export async function makeClientInstance(): Promise<ClientInstance> {
  const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const publicJwk = await jose.exportJWK(publicKey);
  return { publicJwk, privateJwk: await jose.exportJWK(privateKey), privateKey };
}

/** The word of an attester for an instance, sound but for the changes. */
export function attest(
  instance: ClientInstance,
  attester: { readonly issuer: string; readonly kid: string; readonly privateKey: jose.CryptoKey },
  clientId: string,
  { header, claims, key = attester.privateKey }: JwtChanges = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return signed(
    { alg: 'ES256', typ: 'oauth-client-attestation+jwt', kid: attester.kid, ...header },
    {
      iss: attester.issuer,
      sub: clientId,
      iat: now,
      exp: now + 300,
      cnf: { jwk: instance.publicJwk },
      ...claims,
    },
    key,
  );
}

/** The proof that whoever asks holds the key of the instance, sound but for the changes. */
export function prove(
  instance: ClientInstance,
  issuer: string,
  challenge: string | undefined,
  { header, claims, key = instance.privateKey }: JwtChanges = {},
): Promise<string> {
  return signed(
    { alg: 'ES256', typ: 'oauth-client-attestation-pop+jwt', ...header },
    { aud: issuer, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), challenge, ...claims },
    key,
  );
}

/**
 * A DPoP proof with the key of the instance, sound but for the changes.
 * @see RFC 9449 §4.2
 */
export function proveByDpop(
  instance: ClientInstance,
  request: { readonly htm: string; readonly htu: string; readonly nonce?: string | undefined },
  { header, claims, key = instance.privateKey }: JwtChanges = {},
): Promise<string> {
  return signed(
    { alg: 'ES256', typ: 'dpop+jwt', jwk: instance.publicJwk, ...header },
    { ...request, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims },
    key,
  );
}

async function signed(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  key: jose.CryptoKey | Uint8Array,
): Promise<string> {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  // The library signs nothing unsigned.
  if (header['alg'] === 'none') return `${input.join('.')}.`;
  const {
    payload,
    protected: first,
    signature,
  } = await new jose.FlattenedSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader(header)
    .sign(key);
  return `${first ?? ''}.${payload}.${signature}`;
}
