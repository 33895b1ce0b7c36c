/** An accent colour that was too faint to read and was changed. */
export interface AccentChange {
  readonly scheme: 'light' | 'dark';
  readonly from: string;
  readonly to: string;
  /** Contrast ratio of `from`, between 1 and 21. */
  readonly contrast: number;
}

/** The colours of one scheme: the accent, and the ink that is written on it. */
export interface AccentColours {
  readonly accent: string;
  readonly ink: string;
}

/** Colours that `views/assets/latchkey.css` paints behind the accent; a test keeps the two in step. */
export const BACKGROUNDS = {
  light: ['#ffffff', '#f4f6f8'],
  dark: ['#171b20', '#0f1216'],
} as const;

/** Least contrast ratio of text, WCAG 2.2 success criterion 1.4.3. */
const READABLE = 4.5;
const STEPS = 100;

/** The accent of both schemes. */
export interface DerivedAccent {
  readonly light: AccentColours;
  readonly dark: AccentColours;
  readonly changes: readonly AccentChange[];
}

/**
 * Derives the accent for light and dark pages. A colour that cannot be read on the page is darkened or
 * lightened in small steps until it can, and the change is told.
 * @throws {RangeError} when the colour is not `#rrggbb`
 */
export function deriveAccent(accent: string): DerivedAccent {
  const from = `#${parseColour(accent).map(toHex).join('')}`;
  const colours = { light: readable(from, 'light'), dark: readable(from, 'dark') };
  const changes = (['light', 'dark'] as const)
    .filter((scheme) => colours[scheme] !== from)
    .map((scheme) => ({ scheme, from, to: colours[scheme], contrast: leastContrast(from, scheme) }));
  return {
    light: { accent: colours.light, ink: inkOn(colours.light) },
    dark: { accent: colours.dark, ink: inkOn(colours.dark) },
    changes,
  };
}

/**
 * Contrast ratio of two colours, 1 to 21.
 * @throws {RangeError} when a colour is not `#rrggbb`
 * @see WCAG 2.2, "contrast ratio"
 */
export function contrastRatio(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function readable(colour: string, scheme: 'light' | 'dark'): string {
  const goal = scheme === 'light' ? 0 : 255;
  const channels = parseColour(colour);
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = channels.map((channel) => Math.round(channel + ((goal - channel) * step) / STEPS));
    const candidate = `#${mixed.map(toHex).join('')}`;
    if (leastContrast(candidate, scheme) >= READABLE) return candidate;
  }
  return scheme === 'light' ? '#000000' : '#ffffff';
}

function leastContrast(colour: string, scheme: 'light' | 'dark'): number {
  return Math.min(...BACKGROUNDS[scheme].map((background) => contrastRatio(colour, background)));
}

function inkOn(colour: string): string {
  // White is preferred where both can be read; black or white always reaches 4.58.
  return contrastRatio('#ffffff', colour) >= READABLE ? '#ffffff' : '#000000';
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = parseColour(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Whether it is a colour as accents are written, `#rrggbb`. */
export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

function parseColour(colour: string): number[] {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)?.slice(1);
  if (digits === undefined) throw new RangeError(`"${colour}" is not a colour. Write it as #rrggbb.`);
  return digits.map((pair) => Number.parseInt(pair, 16));
}

function toHex(channel: number): string {
  return channel.toString(16).padStart(2, '0');
}
