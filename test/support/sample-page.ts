import type { Views } from '../../src/http/view-models.js';

/** One page with a model, for tests and screenshots of all pages. */
export interface SamplePage {
  /** Unique, usable in an address. */
  readonly id: string;
  readonly name: keyof Views;
  readonly model: Views[keyof Views];
}

/** Markup, right-to-left override, placeholders and a word without a break: what strangers may call themselves. */
export const HOSTILE =
  `<script>alert(1)</script>"'&\u202Egnp.evil\u2069 {{client}} $t(login.title) ` + 'W'.repeat(120);

/** A page of the samples; its id is made of the page's name and the variant. */
export function sample<Name extends keyof Views>(
  name: Name,
  variant: string,
  model: Views[Name],
): SamplePage {
  return { id: `${name}-${variant}`, name, model };
}
