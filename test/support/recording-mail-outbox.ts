import type { Mail, MailOutbox } from '../../src/domain/mail/mail.js';

/** An outbox that keeps what it is given. */
export type RecordingMailOutbox = MailOutbox & {
  /** In the order in which they were sent; a unit of work puts them back when its work fails. */
  readonly mails: Mail[];
};

export function createRecordingMailOutbox(): RecordingMailOutbox {
  const mails: Mail[] = [];
  return {
    mails,
    add(mail) {
      // The type parameter ties kind and values together; a list of mails does not need that tie.
      mails.push(mail);
      return Promise.resolve();
    },
  };
}
