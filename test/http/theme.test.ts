import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BACKGROUNDS, contrastRatio, deriveTheme } from '../../src/http/theme.js';
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
  const theme = deriveTheme(accent);
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
  expect(() => deriveTheme(accent)).toThrow(RangeError);
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
