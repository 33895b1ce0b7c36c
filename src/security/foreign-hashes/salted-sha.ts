import { createHash } from 'node:crypto';
import { isSame, LONGEST_SALT, malformed, type OpenHash, type OpenedHash } from './opened-hash.js';
import { readBase64, writeBase64 } from './read-base64.js';

/** Digests by the name of LDAP's scheme. */
const LDAP = { SSHA: 'sha1', SSHA256: 'sha256', SSHA384: 'sha384', SSHA512: 'sha512' } as const;
/** Octets of each digest. */
const LENGTH = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;
export type ShaDigest = keyof typeof LENGTH;

/** One round of a SHA over salt and password. */
export interface SaltedSha {
  readonly digest: ShaDigest;
  /** Where the salt stands: `before` the password or `after` it. */
  readonly saltPosition: 'before' | 'after';
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * Salted SHA as directories have it, `{SSHA256}` and Base64 of the hash over password and salt, followed by the salt.
 * @see https://www.openldap.org/doc/admin26/security.html (§14.4 Password Storage)
 */
export const openLdapSha: OpenHash = (text) => {
  const [, scheme = '', encoded = ''] = /^\{(SSHA(?:256|384|512)?)\}(.*)$/i.exec(text) ?? [];
  const name = scheme.toUpperCase();
  if (!isLdapScheme(name)) return undefined;
  const digest = LDAP[name];
  const bytes = readBase64(encoded);
  if (bytes === undefined || bytes.length <= LENGTH[digest] || bytes.length > LENGTH[digest] + LONGEST_SALT) {
    return malformed(`{${name}}`, `{${name}} and Base64 of the ${digest} hash, followed by the salt`);
  }
  const hash = bytes.subarray(0, LENGTH[digest]);
  return opened({ digest, saltPosition: 'after', salt: bytes.subarray(LENGTH[digest]), hash });
};

/** Puts the parts of a salted SHA into one string of our own. */
export function writeSaltedSha({ digest, saltPosition, salt, hash }: SaltedSha): string {
  return `$salted-${digest}$salt=${saltPosition}$${writeBase64(salt)}$${writeBase64(hash)}`;
}

/** Salted SHA in our own string, `$salted-sha256$salt=before$salt$hash`. */
export const openSaltedSha: OpenHash = (text) => {
  if (!text.startsWith('$salted-')) return undefined;
  const [, digest = '', saltPosition, saltText = '', hashText = ''] =
    /^\$salted-(sha\d{1,3})\$salt=(before|after)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  const salt = readBase64(saltText);
  const hash = readBase64(hashText);
  if (
    !isShaDigest(digest) ||
    !salt ||
    !hash ||
    salt.length > LONGEST_SALT ||
    hash.length !== LENGTH[digest]
  ) {
    return malformed(
      'salted SHA',
      'an object with algorithm, salt, salt_position and hash of the right length',
    );
  }
  return opened({ digest, saltPosition: saltPosition === 'before' ? 'before' : 'after', salt, hash });
};

/** Whether there is a digest of that name. */
export function isShaDigest(text: string): text is ShaDigest {
  return Object.hasOwn(LENGTH, text);
}

function isLdapScheme(text: string): text is keyof typeof LDAP {
  return Object.hasOwn(LDAP, text);
}

function opened({ digest, saltPosition, salt, hash }: SaltedSha): OpenedHash {
  return {
    verify(password) {
      const parts = saltPosition === 'before' ? [salt, Buffer.from(password)] : [Buffer.from(password), salt];
      const computed = createHash(digest).update(Buffer.concat(parts)).digest();
      return Promise.resolve(isSame(computed, hash));
    },
  };
}
