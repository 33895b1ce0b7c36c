import type { JsonObject, JsonValue } from '../json.js';
import { isColour } from './accent.js';

/** Families of type that pages may be set in; each is a list of fonts that devices have, none is fetched. */
export const FONTS = ['system', 'serif', 'rounded', 'mono'] as const;
export type Font = (typeof FONTS)[number];

/** Pixels. */
export const MAX_RADIUS = 24;

/** The look of pages, as far as it may be chosen. What is absent is as usual. */
export interface Look {
  /** Colour of buttons and links, `#rrggbb`; pages show one that can be read, see `deriveAccent`. */
  readonly accent?: string | undefined;
  /** Rounding of corners in pixels, 0 to 24. */
  readonly radius?: number | undefined;
  readonly font?: Font | undefined;
}

const KEYS = ['accent', 'radius', 'font'];

/**
 * Reads the metadata `branding` of a client; what is wrong in it is passed over.
 * @param value anything
 */
export function readLook(value: unknown): Look {
  if (typeof value !== 'object' || value === null) return {};
  const { accent, radius, font } = value as Readonly<Record<string, unknown>>;
  return {
    ...(typeof accent === 'string' && isColour(accent) ? { accent: accent.toLowerCase() } : {}),
    ...(isRadius(radius) ? { radius } : {}),
    ...(isFont(font) ? { font } : {}),
  };
}

/** Says what is wrong with the metadata `branding`, undefined when nothing is; the sentence goes on after the name. */
export function lookProblem(value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'must be an object like {"accent": "#1d4ed8", "radius": 8, "font": "system"}.';
  }
  const look: JsonObject = value as JsonObject;
  const unknown = Object.keys(look).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    return `has the unknown key ${JSON.stringify(unknown.slice(0, 100))}. Use ${KEYS.join(', ')}.`;
  }
  const { accent, radius, font } = look;
  if (accent !== undefined && !(typeof accent === 'string' && isColour(accent))) {
    return 'has an accent that is not a colour. Write it like "#1d4ed8".';
  }
  if (radius !== undefined && !isRadius(radius)) {
    return `has a radius that is not a whole number of pixels from 0 to ${MAX_RADIUS}.`;
  }
  if (font !== undefined && !isFont(font)) return `has an unknown font. Use one of ${FONTS.join(', ')}.`;
  return undefined;
}

function isRadius(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_RADIUS;
}

function isFont(value: unknown): value is Font {
  return FONTS.some((font) => font === value);
}
