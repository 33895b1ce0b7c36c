import type { Knex } from 'knex';
import type { Clock } from '../../domain/clock.js';
import { createAccountIdSource } from '../../domain/accounts/account-id.js';
import { normalizeLogin } from '../../domain/accounts/normalize-login.js';
import { mailLifetime } from '../../domain/mail/mail-lifetime.js';
import type { MailOutbox } from '../../domain/mail/mail.js';
import type { KeyedHash, Sealer } from '../../domain/sealing.js';
import { notifyChange } from './change-feed.js';
import { sealMail, type MailRow } from './mail-row.js';

/** What keeps the mails from whoever reads the database. */
export interface MailSecrecy {
  readonly sealer: Sealer;
  /** Names a recipient, so that mails to one address can be counted. */
  readonly recipientHash: KeyedHash;
}

const newMailId = createAccountIdSource();

/** Adds mails on a connection, which is the transaction of a unit of work. */
export function createMailOutbox(
  knex: Knex,
  { sealer, recipientHash, clock }: MailSecrecy & { readonly clock: Clock },
): MailOutbox {
  return {
    async add(mail) {
      const now = clock.now();
      const id = newMailId(now);
      await knex<MailRow>('mail_outbox').insert({
        id,
        kind: mail.kind,
        account_id: mail.accountId ?? null,
        recipient_hash: recipientHash(normalizeLogin(mail.to)),
        sealed_payload: sealMail(sealer, id, mail),
        state: 'pending',
        attempts: 0,
        last_error: null,
        created_at: now,
        next_attempt_at: now,
        expires_at: new Date(now.getTime() + mailLifetime(mail) * 1000),
        settled_at: null,
      });
      // Not the id: the same text is heard once, however many mails one transaction sends.
      await notifyChange(knex, 'mail', 'added');
    },
  };
}
