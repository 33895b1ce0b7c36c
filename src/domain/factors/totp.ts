import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Seconds of one step. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** As long as the output of SHA-1. @see RFC 4226 §4 R6 */
const SECRET_BYTES = 20;
/** Steps by which the clock of an authenticator may be off. @see RFC 6238 §5.2 */
const WINDOW = 1;

/** A new secret of 160 random bits. */
export function generateTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** The step of a moment: the number that both sides count. @see RFC 6238 §4.2 */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1000 / STEP_SECONDS);
}

/**
 * The code of one step.
 * @param digits 6, as authenticators show them
 * @see RFC 4226 §5.3, RFC 6238 §4
 */
export function totpCode(secret: Buffer, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * Finds the step that a code belongs to, among now and its neighbours.
 * @param typed as a person types it; spaces and dashes do not matter
 * @param lastStep the step of the code that was used last: no code of it or before it counts
 * @returns undefined for a code that is wrong, too old, or was used
 * @see RFC 6238 §5.2
 */
export function matchTotp(
  secret: Buffer,
  typed: string,
  at: Date,
  lastStep: number | undefined,
): number | undefined {
  const code = tidyTotpCode(typed);
  if (!/^[0-9]{6}$/.test(code)) return undefined;
  const now = totpStep(at);
  let found: number | undefined;
  for (let step = now - WINDOW; step <= now + WINDOW; step += 1) {
    const matches = timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code));
    if (matches && (lastStep === undefined || step > lastStep)) found ??= step;
  }
  return found;
}

/** What was typed without the spaces and dashes that people and authenticators put in, and in plain digits. */
export function tidyTotpCode(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '');
}

/**
 * The address that authenticators read from a QR code.
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function totpUri(
  secret: Buffer,
  names: { readonly issuer: string; readonly account: string },
): string {
  const issuer = names.issuer.replaceAll(':', ' ');
  const query = new URLSearchParams({
    secret: base32(secret),
    issuer,
    algorithm: 'SHA1',
    digits: String(DIGITS),
    period: String(STEP_SECONDS),
  });
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(names.account)}`;
  // Authenticators read a plus as a plus.
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @see RFC 4648 §6, without padding */
export function base32(bytes: Buffer): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31] ?? '';
    }
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + (ALPHABET[(value << (5 - bits)) & 31] ?? '');
}
