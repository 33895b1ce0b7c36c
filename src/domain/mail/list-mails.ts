import { isAccountId } from '../accounts/account-id.js';
import { refuseIfFaulty } from '../errors.js';
import { LARGEST_PAGE } from '../page.js';
import type { MailQueue, MailRecord, MailState } from './mail-queue.js';

/** A page of mails, the newest first. */
export interface MailPage {
  readonly mails: readonly MailRecord[];
  /** Where the next page begins; absent: there is none. */
  readonly next: string | undefined;
}

/**
 * Lists what was and what is to be sent, without recipients and content.
 * @param options.after where the page begins, `next` of the page before
 * @throws {DomainError} `invalid_input` naming `after`
 */
export async function listMails(
  { mailQueue }: { readonly mailQueue: Pick<MailQueue, 'list'> },
  options: {
    readonly state?: MailState | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<MailPage> {
  const { after } = options;
  refuseIfFaulty(
    after === undefined || isAccountId(after)
      ? []
      : [{ field: 'after', code: 'cursor_invalid', detail: 'This list has not given this place.' }],
  );
  const limit = Math.min(options.limit, LARGEST_PAGE);
  const found = await mailQueue.list({ state: options.state, before: after, limit: limit + 1 });
  const mails = found.slice(0, limit);
  return { mails, next: found.length > limit ? mails.at(-1)?.id : undefined };
}
