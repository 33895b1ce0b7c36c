import { z } from 'zod';
import { listMails } from '../../../domain/mail/list-mails.js';
import { MAIL_STATES } from '../../../domain/mail/mail-queue.js';
import { presentMail } from '../../../domain/mail/present-mail.js';
import { retryMails } from '../../../domain/mail/retry-mails.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'events';
const timestamp = z.iso.datetime({ offset: true });
const state = z.enum(MAIL_STATES);

const mailSchema = z
  .strictObject({
    id: z.uuid(),
    kind: z.string(),
    state: state.describe('`dead`: given up.'),
    user_id: z.string().nullable(),
    created_at: timestamp,
    attempts: z.int(),
    next_attempt_at: timestamp.nullable(),
    error: z.string().nullable().describe('Why the last try failed, as a stable code.'),
    settled_at: timestamp.nullable().describe('When it was sent or given up.'),
  })
  .meta({ title: 'Mail' });

/** What was and what is to be sent. */
export function mailRoutes({
  stores,
  unitsOfWork,
  clock,
}: Pick<ApiDeps, 'stores' | 'unitsOfWork' | 'clock'>): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/mails',
      operationId: 'listMails',
      tag: TAG,
      summary: 'List mails, the newest first',
      description: 'Neither to whom they go nor what they say is told. History is kept for 30 days.',
      access: ['events:read'],
      query: z.strictObject({ ...pageQuery, state: state.optional() }),
      success: { status: 200, description: 'A page of mails.', schema: pageOf(mailSchema) },
      async handle({ query: { cursor, limit, state: wanted } }) {
        const page = await readPage(cursor, (after) => listMails(stores, { limit, after, state: wanted }));
        return { body: pageAnswer(page.mails.map(presentMail), page.next) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/mails/{id}/retry',
      operationId: 'retryMail',
      tag: TAG,
      summary: 'Send a mail that was given up once more',
      description: 'For as long as its link works.',
      access: ['users:write'],
      params: z.strictObject({ id: z.uuid() }),
      success: { status: 204, description: 'It is tried again now.' },
      refusals: [404],
      async handle({ params, origin }) {
        await retryMails({ unitOfWork: unitsOfWork.from(origin), clock }, params.id);
        return {};
      },
    }),
  ];
}
