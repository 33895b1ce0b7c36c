import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BACKGROUNDS, contrastRatio, deriveAccent } from '../../src/domain/branding/accent.js';
import { lookProblem, readLook } from '../../src/domain/branding/client-branding.js';
import { clientThemePath, readClientThemePath, themeStyleSheet } from '../../src/http/theme.js';
import { findViewsRoot } from '../../src/http/views.js';

const styleSheet = readFileSync(path.join(findViewsRoot(import.meta.dirname), 'assets/latchkey.css'), 'utf8');

function pair(name: string): { light: string; dark: string } {
  const [, light = '', dark = ''] =
    new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(styleSheet) ?? [];
  return { light: light === '#fff' ? '#ffffff' : light, dark };
}

it.each([
  '#000000',
  '#ffffff',
  '#1f5fbf',
  '#ffcc00',
  '#ff0000',
  '#00ff00',
  '#0000ff',
  '#808080',
  '#767676',
  '#FFD1DC',
])('makes the accent %s readable on pages, and ink readable on it (WCAG 2.2 §1.4.3)', (accent) => {
  const theme = deriveAccent(accent);
  for (const scheme of ['light', 'dark'] as const) {
    const colours = theme[scheme];
    for (const background of BACKGROUNDS[scheme]) {
      expect(contrastRatio(colours.accent, background)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrastRatio(colours.accent, colours.ink)).toBeGreaterThanOrEqual(4.5);
    const changed = theme.changes.find((change) => change.scheme === scheme);
    expect(changed?.to).toBe(colours.accent === accent.toLowerCase() ? undefined : colours.accent);
  }
});

it.each(['red', '#fff', '#12345g', '', '#1234567', 'url(x)'])('refuses %j as a colour', (accent) => {
  expect(() => deriveAccent(accent)).toThrow(RangeError);
});

it('knows the backgrounds of the style sheet', () => {
  for (const scheme of ['light', 'dark'] as const) {
    expect(BACKGROUNDS[scheme]).toEqual([pair('surface')[scheme], pair('page')[scheme]]);
  }
});

it.each(['text', 'muted', 'accent', 'danger', 'ok'])(
  'paints %s so that it can be read (WCAG 2.2 §1.4.3)',
  (name) => {
    for (const scheme of ['light', 'dark'] as const) {
      for (const background of BACKGROUNDS[scheme]) {
        expect(contrastRatio(pair(name)[scheme], background)).toBeGreaterThanOrEqual(4.5);
      }
    }
  },
);

it('paints the border of fields so that it can be seen (WCAG 2.2 §1.4.11)', () => {
  for (const scheme of ['light', 'dark'] as const) {
    expect(contrastRatio(pair('border')[scheme], BACKGROUNDS[scheme][0])).toBeGreaterThanOrEqual(3);
  }
});

describe('the look of a client', () => {
  it('is in the address of its style sheet, so that every instance can answer it', () => {
    const look = { accent: '#7c3aed', radius: 16, font: 'rounded' } as const;
    expect(clientThemePath(look)).toBe('/theme/7c3aed_16_rounded.css');
    expect(readClientThemePath('/theme/7c3aed_16_rounded.css')).toEqual(look);
    expect(themeStyleSheet(look)).toMatch(
      /^:root\{--accent:light-dark\(.*\);--radius:16px;--font:ui-rounded,.*\}\n$/,
    );
    expect(readClientThemePath('/theme/_0_.css')).toEqual({ radius: 0 });
  });

  it.each([
    '/theme/__.css',
    '/theme/red__.css',
    '/theme/_25_.css',
    '/theme/__comic.css',
    '/theme/_1;}_.css',
    '/theme/',
  ])('is not in %s', (pathname) => {
    expect(readClientThemePath(pathname)).toBeUndefined();
  });

  it.each([
    [{ accent: 'red' }, /not a colour/],
    [{ radius: 2.5 }, /whole number of pixels/],
    [{ radius: 25 }, /whole number of pixels/],
    [{ font: 'comic' }, /unknown font/],
    [{ colour: '#000000' }, /unknown key "colour"/],
    [[], /must be an object/],
    ['#000000', /must be an object/],
  ])('is refused as %j', (value, problem) => {
    expect(lookProblem(value)).toMatch(problem);
    expect(readLook(value)).toEqual({});
  });
});
