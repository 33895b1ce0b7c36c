import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const at = '2026-11-23T20:15:00.000Z';
const mail: Views['dev-mail']['mail'] = {
  href: '/dev/mail/019b0000-0000-7000-8000-000000000001',
  subject: 'Choose a new password – Latchkey',
  to: 'jo@example.org',
  at,
  state: 'sent',
};
const page: Views['dev-mail'] = {
  mail,
  timeZone: 'UTC',
  links: ['http://localhost:3000/reset-password/aVeryLongTokenThatHasNoPlaceToBreakAtAll0123456789'],
  text: 'Choose a new password\n\nhttp://localhost:3000/reset-password/aVeryLongTokenThatHasNoPlaceToBreakAtAll0123456789\n',
  htmlUri: `${mail.href}/html`,
  listUri: '/dev/mail',
};

/** The pages that show mails in development. */
export const SAMPLE_MAIL_PAGES: readonly SamplePage[] = [
  sample('dev-mails', 'none', { mails: [], timeZone: 'UTC' }),
  sample('dev-mails', 'some', {
    timeZone: 'UTC',
    mails: [mail, { ...mail, state: 'pending' }, { ...mail, state: 'dead' }],
  }),
  sample('dev-mails', 'hostile', {
    timeZone: 'UTC',
    mails: [{ ...mail, subject: HOSTILE, to: HOSTILE }],
  }),
  sample('dev-mail', 'plain', page),
  sample('dev-mail', 'hostile', { ...page, mail: { ...mail, subject: HOSTILE, to: HOSTILE }, text: HOSTILE }),
];
