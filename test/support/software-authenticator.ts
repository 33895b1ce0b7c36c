import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../src/domain/json.js';

/** What an answer is about, and how it deviates from what an honest browser sends. */
export interface AnswerOptions {
  readonly challenge: string;
  /** Default: `https://id.example.com`. */
  readonly origin?: string;
  /** Default: the host of the origin. */
  readonly rpId?: string;
  readonly crossOrigin?: boolean;
  /** Default true. */
  readonly userVerified?: boolean;
  readonly signCount?: number;
  readonly userHandle?: string | undefined;
  /** Default `webauthn.create` and `webauthn.get`. */
  readonly type?: string;
}

/** A passkey that lives in the test, with the answers of its authenticator. */
export interface SoftwarePasskey {
  readonly credentialId: Buffer;
  /** The answer to `create`, as JSON text. */
  creation(options: AnswerOptions): string;
  /** The answer to `get`, as JSON text. */
  assertion(options: AnswerOptions): string;
}

/** The challenge in what the server sends to browsers. */
export function challengeOf(options: JsonObject): string {
  const { challenge } = options;
  if (typeof challenge !== 'string') throw new Error('The options have no challenge.');
  return challenge;
}

/** Makes a passkey with an ES256 key; it says that it is kept by iCloud Keychain. */
export function createSoftwarePasskey(): SoftwarePasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  return {
    credentialId,
    creation(options) {
      const data = Buffer.concat([
        authenticatorData(options, 0x40),
        Buffer.from('fbfc3007154e4ecc8c0b6e020557d7bd', 'hex'),
        Buffer.from([0, credentialId.length]),
        credentialId,
        coseKey(publicKey),
      ]);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        head(2, data.length),
        data,
      ]);
      return answer(credentialId, {
        clientDataJSON: clientData('webauthn.create', options),
        attestationObject,
        transports: ['internal', 'hybrid'],
      });
    },
    assertion(options) {
      const data = authenticatorData(options, 0);
      const clientDataJSON = clientData('webauthn.get', options);
      return answer(credentialId, {
        clientDataJSON,
        authenticatorData: data,
        signature: signed(privateKey, data, clientDataJSON),
        ...(options.userHandle === undefined ? {} : { userHandle: options.userHandle }),
      });
    },
  };
}

function signed(key: KeyObject, data: Buffer, clientDataJSON: Buffer): Buffer {
  return sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), key);
}

function answer(id: Buffer, response: Readonly<Record<string, Buffer | string | readonly string[]>>): string {
  const encoded = Object.fromEntries(
    Object.entries(response).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? value.toString('base64url') : value,
    ]),
  );
  const text = id.toString('base64url');
  return JSON.stringify({
    id: text,
    rawId: text,
    type: 'public-key',
    response: encoded,
    clientExtensionResults: {},
  });
}

function clientData(type: string, options: AnswerOptions): Buffer {
  const { challenge, origin = 'https://id.example.com', crossOrigin = false } = options;
  return Buffer.from(JSON.stringify({ type: options.type ?? type, challenge, origin, crossOrigin }));
}

/** @see WebAuthn Level 3 §6.1 */
function authenticatorData(options: AnswerOptions, further: number): Buffer {
  const { origin = 'https://id.example.com', userVerified = true, signCount = 0 } = options;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(signCount);
  const flags = 0x01 | (userVerified ? 0x04 : 0) | further;
  const rpIdHash = sha256(Buffer.from(options.rpId ?? new URL(origin).hostname));
  return Buffer.concat([rpIdHash, Buffer.from([flags]), count]);
}

/** @see RFC 9053 §7.1.1 */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    Buffer.from(x, 'base64url'),
    Buffer.from([0x22, 0x58, 0x20]),
    Buffer.from(y, 'base64url'),
  ]);
}

/** @see RFC 8949 §3 */
function head(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.from([type | length]);
  return length < 256
    ? Buffer.from([type | 24, length])
    : Buffer.from([type | 25, length >> 8, length & 0xff]);
}

function text(value: string): Buffer {
  return Buffer.concat([head(3, value.length), Buffer.from(value)]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
