import type { AccountNotice, Mail, Mails } from '../../src/domain/mail/mail.js';

const link = 'https://id.example.com/way/token';
const NOTICES: Record<AccountNotice, string | undefined> = {
  password_changed: undefined,
  email_changed: undefined,
  passkey_added: 'Phone',
  passkey_removed: 'Phone',
  totp_added: undefined,
  totp_removed: undefined,
  recovery_codes_made: undefined,
  recovery_code_used: undefined,
  signed_out_everywhere: undefined,
  upstream_linked: 'Example',
  upstream_unlinked: 'Example',
  deletion_requested: undefined,
  deletion_cancelled: undefined,
  account_deleted: undefined,
};
const VALUES: { readonly [Kind in Exclude<keyof Mails, 'notice'>]: Mails[Kind] } = {
  registration: { link, code: 'BCDF-GHJK', hours: 1 },
  'registration-existing': { signInLink: `${link}/in`, resetLink: `${link}/reset` },
  invitation: { link, hours: 72 },
  'email-verification': { link, hours: 24 },
  'email-change': { link, hours: 24 },
  'password-reset': { link, minutes: 30 },
  'sign-in-link': { link, minutes: 15, clientName: 'Shop' },
  'approval-request': {
    link,
    clientName: 'Shop',
    message: 'Order 1234',
    until: '2026-11-23T12:10:00Z',
    minutes: 10,
  },
};

/** One mail of each kind, and of each notice. */
export const SAMPLE_MAILS: readonly Mail[] = [
  ...(Object.keys(VALUES) as (keyof typeof VALUES)[]).map((kind) => ({
    kind,
    to: 'jo@example.com',
    locale: undefined,
    values: VALUES[kind],
  })),
  { kind: 'sign-in-link', to: 'jo@example.com', locale: undefined, values: { link, minutes: 1 } },
  ...(Object.keys(NOTICES) as AccountNotice[]).map((notice) => ({
    kind: 'notice' as const,
    to: 'jo@example.com',
    locale: undefined,
    values: {
      notice,
      at: '2026-11-23T12:00:00Z',
      subject: NOTICES[notice],
      // Nobody can sign in to an account that is gone.
      link: notice === 'account_deleted' ? 'about:blank' : link,
    },
  })),
];
