/** Kinds of image that pages show. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];

/** Bytes that a logo may have. */
export const MAX_LOGO_BYTES = 200 * 1024;

/**
 * Tells an image's kind by its first bytes, whatever its name or its sender says.
 * @returns undefined for anything that is none of `IMAGE_TYPES`
 */
export function detectImageType(bytes: Uint8Array): ImageType | undefined {
  const startsWith = (...signature: readonly number[]): boolean =>
    signature.every((byte, index) => bytes[index] === byte);
  if (startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (startsWith(0xff, 0xd8, 0xff)) return 'image/jpeg';
  const text = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  // An XML declaration, a document type and comments may stand before the root. Each ends where it first can: were there
  // several ways to read them, a file from elsewhere could have them all tried.
  return /^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?xml[^>]*>\s*|<!DOCTYPE svg[^>[]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*)*<svg[\s>]/i.test(
    text,
  )
    ? 'image/svg+xml'
    : undefined;
}
