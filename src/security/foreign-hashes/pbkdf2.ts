import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import {
  areFitting,
  isSame,
  malformed,
  tooCostly,
  type HashFault,
  type OpenedHash,
  type OpenHash,
} from './opened-hash.js';
import { readAdaptedBase64, readBase64 } from './read-base64.js';

/** Iterations times blocks of output: a sign-in may not take longer. */
const MOST_WORK = 4_000_000;
/** Octets of one block of output. */
const BLOCK = { sha1: 20, sha256: 32, sha512: 64 } as const;
type Digest = keyof typeof BLOCK;

const derive = promisify(pbkdf2);

const MODULAR = /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?([1-9]\d{0,9})(?:,l=\d+)?\$([^$]*)\$([^$]+)$/;
const DJANGO = /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,9})\$([^$]+)\$([^$]+)$/;

/**
 * PBKDF2 in passlib's modular crypt format, `$pbkdf2-sha256$29000$salt$hash`; without the digest's name it is SHA-1.
 * The PHC spelling with `i=` is read too.
 * @see RFC 8018 §5.2
 * @see https://passlib.readthedocs.io/en/stable/lib/passlib.hash.pbkdf2_digest.html
 */
export const openPbkdf2: OpenHash = (text) => {
  if (!/^\$pbkdf2(?:-|\$)/.test(text)) return undefined;
  const [, digest = 'sha1', iterations, saltText = '', hashText = ''] = MODULAR.exec(text) ?? [];
  const salt = readAdaptedBase64(saltText);
  const hash = readAdaptedBase64(hashText);
  if (iterations === undefined || !salt || !hash || !areFitting(salt, hash)) {
    return malformed(
      'PBKDF2',
      '$pbkdf2-sha256$29000$salt$hash, with sha1, sha256 or sha512, salt and hash in Base64',
    );
  }
  return openWith(digest, Number(iterations), salt, hash);
};

/**
 * PBKDF2 as Django writes it, `pbkdf2_sha256$600000$salt$hash`; the salt is text.
 * @see https://docs.djangoproject.com/en/stable/topics/auth/passwords/
 */
export const openDjangoPbkdf2: OpenHash = (text) => {
  if (!text.startsWith('pbkdf2_')) return undefined;
  const [, digest = '', iterations, saltText = '', hashText = ''] = DJANGO.exec(text) ?? [];
  const salt = Buffer.from(saltText);
  const hash = readBase64(hashText);
  if (iterations === undefined || !hash || !areFitting(salt, hash)) {
    return malformed('Django PBKDF2', 'pbkdf2_sha256$600000$salt$hash with the hash in Base64');
  }
  return openWith(digest, Number(iterations), salt, hash);
};

function openWith(digest: string, iterations: number, salt: Buffer, hash: Buffer): OpenedHash | HashFault {
  if (!isDigest(digest)) return malformed('PBKDF2', 'one with sha1, sha256 or sha512');
  if (iterations * Math.ceil(hash.length / BLOCK[digest]) > MOST_WORK) {
    return tooCostly('PBKDF2', `iterations times blocks of output may be at most ${MOST_WORK}`);
  }
  return {
    verify: async (password) => isSame(await derive(password, salt, iterations, hash.length, digest), hash),
  };
}

function isDigest(text: string): text is Digest {
  return Object.hasOwn(BLOCK, text);
}
