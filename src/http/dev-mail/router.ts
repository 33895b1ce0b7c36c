import Router, { type RouterContext } from '@koa/router';
import { isAccountId } from '../../domain/accounts/account-id.js';
import type { MailRecord } from '../../domain/mail/mail-queue.js';
import type { MailEntry } from '../mail-view-models.js';
import type { Pages } from '../pages.js';

/** A mail as it was written, with what became of it. */
export interface ShownMail {
  readonly record: MailRecord;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface DevMailDeps {
  /** The mails whose content is kept. */
  readonly mails: {
    list(limit: number): Promise<readonly ShownMail[]>;
    find(id: string): Promise<ShownMail | undefined>;
  };
  readonly pages: Pages;
}

/** Where the mails are shown in development. */
export const DEV_MAIL_PATH = '/dev/mail';
const MOST = 100;

/** A mail carries its styles on its elements, as mail programs want them; nothing else of it is let do anything. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups";

/** The mails that were sent, for developers: there is nothing of it in production. */
export function createDevMailRouter({ mails, pages }: DevMailDeps): Router {
  const router = new Router();

  router.get(DEV_MAIL_PATH, async (ctx: RouterContext) => {
    const shown = await mails.list(MOST);
    pages.show(ctx, 'dev-mails', { mails: shown.map(entryOf), timeZone: 'UTC' });
  });
  router.get(`${DEV_MAIL_PATH}/:id`, async (ctx: RouterContext, next) => {
    const mail = await findMail(ctx);
    if (!mail) {
      await next();
      return;
    }
    pages.show(ctx, 'dev-mail', {
      mail: entryOf(mail),
      links: linksIn(mail.text),
      text: mail.text,
      htmlUri: `${DEV_MAIL_PATH}/${mail.record.id}/html`,
      listUri: DEV_MAIL_PATH,
      timeZone: 'UTC',
    });
  });
  router.get(`${DEV_MAIL_PATH}/:id/html`, async (ctx: RouterContext, next) => {
    const mail = await findMail(ctx);
    if (!mail) {
      await next();
      return;
    }
    ctx.set('Content-Security-Policy', MAIL_POLICY);
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = mail.html;
  });
  return router;

  async function findMail(ctx: RouterContext): Promise<ShownMail | undefined> {
    const id = String(ctx.params['id']);
    return isAccountId(id) ? mails.find(id) : undefined;
  }
}

function entryOf({ record, to, subject }: ShownMail): MailEntry {
  const { id, createdAt, state } = record;
  return { href: `${DEV_MAIL_PATH}/${id}`, subject, to, at: createdAt.toISOString(), state };
}

/** Links stand on lines of their own; the last of them is the issuer below the mail. */
function linksIn(text: string): readonly string[] {
  const [body = ''] = text.split('\n-- \n');
  return body.split('\n').filter((line) => /^https?:\/\/\S+$/.test(line));
}
