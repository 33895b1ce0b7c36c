import Router, { type RouterContext } from '@koa/router';
import type { Clock } from '../domain/clock.js';
import { DomainError } from '../domain/errors.js';
import { seeOther } from './see-other.js';
import { readForm } from './form-body.js';
import { rememberLocale } from './locale-cookie.js';
import { LANGUAGE_FORM } from './language-menu.js';
import type { Csrf } from './middlewares/csrf.js';
import { parseUrl } from '../domain/url.js';

export interface LanguageChoiceDeps {
  readonly csrf: Pick<Csrf, 'check'>;
  readonly issuer: string;
  /** Languages that can be chosen. */
  readonly languages: readonly string[];
  readonly clock: Clock;
}

/** Takes the choice of the language menu, which every page has, and goes back to the page. */
export function createLanguageRouter({ csrf, issuer, languages, clock }: LanguageChoiceDeps): Router {
  const router = new Router();
  router.get(LANGUAGE_FORM, (ctx: RouterContext) => {
    ctx.redirect('/');
  });
  router.post(LANGUAGE_FORM, async (ctx: RouterContext) => {
    const form = await readForm(ctx);
    csrf.check(ctx, LANGUAGE_FORM, form.get('csrf'));
    const tag = languages.find((language) => language === form.get('locale'));
    if (tag === undefined) throw new DomainError('invalid_input', 'There are no pages in that language.');
    rememberLocale(ctx, tag, { now: clock.now(), secure: issuer.startsWith('https:') });
    seeOther(ctx, ownAddress(form.get('return'), issuer));
  });
  return router;
}

/** The address relative to this server, or the start page for anything that leads elsewhere. */
function ownAddress(address: string | undefined, issuer: string): string {
  if (address === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(address)) return '/';
  const url = parseUrl(address, issuer);
  return url?.origin === new URL(issuer).origin ? `${url.pathname}${url.search}` : '/';
}
