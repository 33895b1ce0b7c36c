import type { KeptMail } from '../domain/mail/mail-queue.js';
import { deliverMails, type MailReport } from '../domain/mail/deliver-mails.js';
import { followOutbox } from '../domain/mail/follow-outbox.js';
import { purgeMails } from '../domain/mail/purge-mails.js';
import type { DevMailDeps, ShownMail } from '../http/dev-mail/router.js';
import { errorFields, type Logger } from '../observability/logger.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import type { Outages } from './follow-outages.js';
import type { Application } from './application.js';
import { openMailer } from './open-mailer.js';

/** How long a stop waits for mails under way, milliseconds; what is left is tried again when its lease is over. */
const STOP_MS = 10_000;

export interface OpenedMail {
  /** The mails for the pages that show them; development only. */
  readonly devMails: DevMailDeps['mails'] | undefined;
  /** Forgets old mails. */
  purge(): Promise<number>;
  stop(): Promise<void>;
}

/** Begins to deliver mails. */
export function openMail(
  application: Application,
  {
    changes,
    logger,
    outages,
  }: { readonly changes: ChangeFeed; readonly logger: Logger; readonly outages: Outages },
): OpenedMail {
  const { config, stores, unitOfWork, clock } = application;
  const opened = openMailer(config);
  const { composer, mailer } = opened;
  const isDevelopment = config.mode === 'development';
  if (!config.mail.available) {
    logger.warn('no mail server is configured: set SMTP_URL and MAIL_FROM; mails are given up until then');
  }

  const follower = followOutbox({
    deliver: () =>
      deliverMails({
        unitOfWork,
        mailer,
        clock,
        keepSent: isDevelopment,
        report: (report) => {
          tell(logger, report);
        },
      }),
    nextDueAt: () => stores.mailQueue.nextDueAt(),
    clock,
    failed: (error) => {
      if (!outages.noticed(error)) logger.warn('mails could not be delivered', errorFields(error));
    },
  });
  changes.onChange('mail', () => {
    follower.wake();
  });
  // What was sent while nobody listened is found at once.
  changes.onListening(() => {
    follower.wake();
  });

  const show = ({ record, mail }: KeptMail): ShownMail => ({
    record,
    to: mail.to,
    ...composer.compose(mail),
  });
  return {
    devMails: isDevelopment
      ? {
          list: async (limit) => (await stores.mailQueue.listKept(limit)).map(show),
          find: async (id) => {
            const kept = await stores.mailQueue.findKept(id);
            return kept && show(kept);
          },
        }
      : undefined,
    purge: () => purgeMails({ mailQueue: stores.mailQueue, clock }),
    async stop() {
      await follower.stop(STOP_MS);
      opened.close();
    },
  };
}

function tell(logger: Logger, { kind, attempt, state, fault }: MailReport): void {
  const fields = {
    ...(kind === undefined ? {} : { mailKind: kind }),
    count: attempt,
    ...(fault === undefined ? {} : { errorCode: fault }),
  };
  if (state === 'sent') logger.info('mail sent', fields);
  else if (state === 'pending') logger.warn('mail not sent yet; it is tried again', fields);
  else logger.warn('mail given up', fields);
}
