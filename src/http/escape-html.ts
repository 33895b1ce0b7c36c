/**
 * Escapes for HTML text and quoted attributes.
 * @throws {TypeError} for anything but text and numbers: a missing value would be printed as "undefined"
 */
export function escapeHtml(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new TypeError(
      `A template prints a value of type ${typeof value}; only text and numbers are printed.`,
    );
  }
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
