/**
 * Reads a URL.
 *
 * Written with `new URL`, because `URL.canParse` of Node 20 takes texts with letters such as `ü` for no URLs once it has
 * been called often enough to be optimised.
 * @param base what a relative URL is relative to
 * @returns undefined when the text is no URL
 * @see https://url.spec.whatwg.org/#dom-url-parse
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
