import type { Mail } from '../../src/domain/mail/mail.js';
import type { Stores, UnitOfWork } from '../../src/domain/unit-of-work.js';
import { createAccountDeps } from './account-deps.js';

/** What everything about an account is made with, in memory, and the mails that were sent. */
export function createOwnAccountDeps() {
  const deps = createAccountDeps();
  const mails: Mail[] = [];
  const mailOutbox: Stores['mailOutbox'] = {
    add(mail) {
      mails.push(mail);
      return Promise.resolve();
    },
  };
  const { unitOfWork: without } = deps;
  type Names = keyof Parameters<Parameters<typeof without.run>[0]>[0] | 'mailOutbox';
  const unitOfWork: UnitOfWork<Names> = {
    run: (work) => without.run((stores) => work({ ...stores, mailOutbox })),
  };
  return { ...deps, mails, mailOutbox, unitOfWork };
}
