import type { Font, Look } from '../domain/branding/client-branding.js';
import { type DerivedAccent, deriveAccent } from '../domain/branding/accent.js';

/** What an operator sets about the look and the links of the pages. */
export interface Branding extends Look {
  /** Name of this provider as end users know it. */
  readonly name: string;
  /** Absolute paths of image files. */
  readonly logo?: string | undefined;
  /** Shown instead of `logo` on dark pages. */
  readonly logoDark?: string | undefined;
  readonly favicon?: string | undefined;
  readonly helpUrl?: string | undefined;
  readonly privacyUrl?: string | undefined;
  readonly termsUrl?: string | undefined;
}

const FONT_STACKS: Readonly<Record<Font, string>> = {
  system: 'system-ui,sans-serif',
  serif: 'ui-serif,Georgia,Cambria,serif',
  rounded: 'ui-rounded,"Hiragino Maru Gothic ProN",Quicksand,Nunito,system-ui,sans-serif',
  mono: 'ui-monospace,Menlo,Consolas,monospace',
};

/** A look as a style sheet, which goes after `latchkey.css`; empty where nothing is chosen. */
export function themeStyleSheet(look: Look): string {
  const declarations = [
    ...(look.accent === undefined ? [] : accentDeclarations(deriveAccent(look.accent))),
    ...(look.radius === undefined ? [] : [`--radius:${look.radius}px`]),
    ...(look.font === undefined ? [] : [`--font:${FONT_STACKS[look.font]}`]),
  ];
  return declarations.length === 0 ? '' : `:root{${declarations.join(';')}}\n`;
}

function accentDeclarations({ light, dark }: DerivedAccent): string[] {
  return [
    `--accent:light-dark(${light.accent},${dark.accent})`,
    `--accent-ink:light-dark(${light.ink},${dark.ink})`,
  ];
}

/**
 * Where the style sheet of a client's look is. The address says the look itself, so that every instance answers it
 * without asking for the client, and two clients of one look share it.
 */
export function clientThemePath({ accent, radius, font }: Look): string {
  return `/theme/${accent?.slice(1) ?? ''}_${radius ?? ''}_${font ?? ''}.css`;
}

/** Reads an address of `clientThemePath`. @returns undefined for any other */
export function readClientThemePath(pathname: string): Look | undefined {
  const [, accent, radius, font] =
    /^\/theme\/([0-9a-f]{6})?_(1?\d|2[0-4])?_(system|serif|rounded|mono)?\.css$/.exec(pathname) ?? [];
  const look: Look = {
    ...(accent === undefined ? {} : { accent: `#${accent}` }),
    ...(radius === undefined ? {} : { radius: Number(radius) }),
    ...(font === undefined ? {} : { font: FONT_NAMES.find((name) => name === font) }),
  };
  return Object.keys(look).length === 0 ? undefined : look;
}

const FONT_NAMES = Object.keys(FONT_STACKS) as readonly Font[];
