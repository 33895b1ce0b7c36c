import { z } from 'zod';
import { FONTS, MAX_RADIUS } from '../domain/branding/client-branding.js';
import { isColour } from '../domain/branding/accent.js';
import { rule, wholeNumber } from './file-rules.js';
import { parseUrl } from '../domain/url.js';

const text = z.string().min(1);
const webUrl = text.check(
  rule(
    (value) => ['http:', 'https:', 'mailto:'].includes(parseUrl(value)?.protocol ?? ''),
    'is not an http, https or mailto URL',
    'Write it in full, for instance https://example.com/help.',
  ),
);
const image = text.check(
  rule(
    (value) => !/^[a-z][a-z0-9+.-]+:/i.test(value) || isHttpsUrl(value),
    'is neither a path nor an https URL',
    'Name a file on this machine, or an https address from which this server copies it: PNG, JPEG, WebP or SVG.',
  ),
);

/** The section `branding` of the configuration file. */
export const brandingSchema = z.strictObject({
  name: text.max(60).default('Latchkey'),
  accent: text.check(rule(isColour, 'is not a colour', 'Write it like "#1d4ed8", in quotes.')).optional(),
  radius: wholeNumber(0, MAX_RADIUS).optional(),
  font: z.enum(FONTS).optional(),
  logo: image.optional(),
  logo_dark: image.optional(),
  favicon: image.optional(),
  help_url: webUrl.optional(),
  privacy_url: webUrl.optional(),
  terms_url: webUrl.optional(),
});

function isHttpsUrl(value: string): boolean {
  const url = parseUrl(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}
