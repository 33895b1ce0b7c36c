/**
 * Reads Base64 strictly: `Buffer` alone would pass over every sign that it does not know.
 * @param text with or without padding, in the standard or the URL-safe alphabet
 * @returns undefined when it is not Base64
 * @see RFC 4648 §4, §5
 */
export function readBase64(text: string): Buffer | undefined {
  const unpadded = text.replace(/={1,2}$/, '');
  if (!/^(?:[\w+/-]*)$/.test(unpadded) || unpadded.length % 4 === 1) return undefined;
  return Buffer.from(unpadded, 'base64');
}

/**
 * Reads Base64 of the modular crypt format, as passlib writes it: `.` in the place of `+`, without padding.
 * @returns undefined when it is not of that alphabet
 */
export function readAdaptedBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9./+]*$/.test(text) ? readBase64(text.replaceAll('.', '+')) : undefined;
}

/** Writes Base64 as PHC strings have it: the standard alphabet without padding. */
export function writeBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
