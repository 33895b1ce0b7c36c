import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { AttributedEntry } from '../../src/domain/audit/audit-event.js';
import type { Clock } from '../../src/domain/clock.js';
import type { MailOutbox } from '../../src/domain/mail/mail.js';
import type { MailQueue } from '../../src/domain/mail/mail-queue.js';
import type { UnitOfWork } from '../../src/domain/unit-of-work.js';
import { createKeyedHash } from '../../src/security/derive-key.js';
import { createSealedBox } from '../../src/security/sealed-box.js';
import { createMailOutbox } from '../../src/storage/postgres/mail-outbox.js';
import { createMailQueue } from '../../src/storage/postgres/mail-queue.js';
import { createPostgresUnitsOfWork } from '../../src/storage/postgres/postgres-unit-of-work.js';
import { recordingAppender } from './recording-audit-trail.js';

export interface MailStores {
  readonly outbox: MailOutbox;
  readonly queue: MailQueue;
  readonly unitOfWork: UnitOfWork<'mailOutbox' | 'mailQueue' | 'audit'>;
  /** What the audit log tells. */
  readonly audited: readonly AttributedEntry[];
}

/** The outbox on a test database, under keys of its own. */
export function openMailStores(knex: Knex, clock: Clock): MailStores {
  const sealer = createSealedBox(randomBytes(32));
  const recipientHash = createKeyedHash(randomBytes(32));
  const audited: AttributedEntry[] = [];
  const mailOutbox = (connection: Knex) => createMailOutbox(connection, { sealer, recipientHash, clock });
  const unitOfWork = createPostgresUnitsOfWork(
    knex,
    (connection, audit) => ({
      mailOutbox: mailOutbox(connection),
      mailQueue: createMailQueue(connection, sealer),
      audit,
    }),
    recordingAppender(audited),
  ).from({ actor: { kind: 'system' } });
  return { outbox: mailOutbox(knex), queue: createMailQueue(knex, sealer), unitOfWork, audited };
}
