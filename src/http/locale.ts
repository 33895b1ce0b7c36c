/** The language of a page. */
export interface Locale {
  /** BCP 47 language tag, as `<html lang>` says it. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
}

/** What a browser and an app say about the language that a person reads. */
export interface LocaleWishes {
  /** What the person chose just now, one tag. */
  readonly chosen?: string | undefined;
  /** Space-separated tags in order of preference. @see OpenID Connect Core 1.0 §3.1.2.1 `ui_locales` */
  readonly uiLocales?: string | undefined;
  /** The person's earlier choice, one tag. */
  readonly cookie?: string | undefined;
  /** @see RFC 9110 §12.5.4 */
  readonly acceptLanguage?: string | undefined;
}

/** Languages that the pages are translated to; the first is used when none fits. */
export const PAGE_LANGUAGES: readonly string[] = ['en', 'de', 'fr', 'es', 'ja', 'zh', 'ar'];

const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'iw', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Longer lists are cut: they come from strangers. */
const MAX_RANGES = 32;

/**
 * Chooses the language of a page: what the person chose just now, the app's wish, the person's earlier choice, then the
 * browser's.
 * Malformed parts are passed over, never refused.
 * @see RFC 4647 §3.4 (lookup)
 */
export function negotiateLocale(wishes: LocaleWishes, languages: readonly string[] = PAGE_LANGUAGES): Locale {
  const ranges = [
    wishes.chosen ?? '',
    ...(wishes.uiLocales ?? '').trim().split(/\s+/).slice(0, MAX_RANGES),
    wishes.cookie ?? '',
    ...parseAcceptLanguage(wishes.acceptLanguage ?? ''),
  ];
  for (const range of ranges) {
    const found = lookup(range, languages);
    if (found !== undefined) return toLocale(found);
  }
  return toLocale(languages[0] ?? 'en');
}

/** Gives a language tag its direction of writing. */
export function toLocale(tag: string): Locale {
  const language = tag.split('-', 1)[0]?.toLowerCase() ?? '';
  return { tag, dir: RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr' };
}

function parseAcceptLanguage(header: string): string[] {
  const ranges = header
    .split(',')
    .slice(0, MAX_RANGES)
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1';
      return { range, weight: /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0 };
    });
  return ranges
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ range }) => range);
}

/** Shortens the range from its end until a language has that tag; `*` matches none, so that others decide. */
function lookup(range: string, languages: readonly string[]): string | undefined {
  if (!/^[a-z]{1,8}(-[a-z0-9]{1,8})*$/i.test(range)) return undefined;
  const subtags = range.toLowerCase().split('-');
  while (subtags.length > 0) {
    const candidate = subtags.join('-');
    const found = languages.find((language) => language.toLowerCase() === candidate);
    if (found !== undefined) return found;
    subtags.pop();
    // A singleton such as the `x` of `de-x-foo` never ends a range (RFC 4647 §3.4).
    if (subtags.at(-1)?.length === 1) subtags.pop();
  }
  return undefined;
}
