import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const form = { action: '/interaction/k3J/upstream', csrf: 'csrf-token' };
const backUri = '/interaction/k3J';
const reference = '01938f6e-4bd1-7a52-9d2f-1c0f6a9b2e77';

const login: Views['login'] = {
  ...form,
  clientName: 'Lumen Notes',
  identifier: '',
  cancelAction: '/abort',
  upstreams: [
    { name: 'Google', action: '/interaction/k3J/upstream/google' },
    { name: 'Example University', action: '/interaction/k3J/upstream/university' },
  ],
};
const link: Views['upstream-link'] = { ...form, providerName: 'Google', email: 'jo@example.org', backUri };
const signUp: Views['upstream-sign-up'] = {
  ...form,
  providerName: 'Google',
  email: 'jo@example.org',
  givenName: 'Jo',
  familyName: 'Martin',
  faults: [],
  backUri,
};
const linkedAccounts: Views['account-linked-accounts'] = {
  ...form,
  account: { label: 'jo@example.org' },
  timeZone: 'Europe/Berlin',
  links: [
    {
      id: '1',
      providerName: 'Google',
      email: 'jo@example.org',
      since: '2026-11-20T09:30:00.000Z',
      lastUsedAt: '2026-11-23T09:30:00.000Z',
    },
    { id: '2', providerName: 'GitHub', since: '2026-11-20T09:30:00.000Z' },
  ],
  providers: [{ id: 'university', name: 'Example University' }],
};

const FAULTS = [
  'denied',
  'unreachable',
  'invalid_answer',
  'not_fresh',
  'request_invalid',
  'email_unverified',
  'email_domain',
  'sign_up_off',
  'account_unusable',
  'not_allowed',
  'linked_elsewhere',
] as const;

/** Sign-in by other providers. */
export const UPSTREAM_PAGES: readonly SamplePage[] = [
  sample('login', 'upstreams', login),
  sample('login', 'linking', { ...login, identifier: 'jo@example.org', linking: 'Google' }),
  sample('login', 'upstreams-hostile', {
    ...login,
    upstreams: [{ name: HOSTILE, action: '/interaction/k3J/upstream/x' }],
    linking: HOSTILE,
  }),
  sample('logout-done', 'upstream', { upstream: { name: 'Google', action: '/upstream/google/sign-out' } }),
  sample('upstream-link', 'plain', link),
  sample('upstream-link', 'hostile', { ...link, providerName: HOSTILE, email: HOSTILE }),
  sample('upstream-sign-up', 'plain', signUp),
  sample('upstream-sign-up', 'faults', {
    ...signUp,
    faults: [{ field: 'given_name', code: 'given_name_invalid', detail: 'given_name is too long.' }],
  }),
  sample('upstream-sign-up', 'hostile', {
    ...signUp,
    providerName: HOSTILE,
    email: HOSTILE,
    givenName: HOSTILE,
    familyName: HOSTILE,
    faults: [{ field: 'elsewhere', code: 'unheard_of', detail: HOSTILE }],
  }),
  ...FAULTS.map((fault) =>
    sample('upstream-failed', fault, { providerName: 'Google', fault, reference, backUri, back: 'sign_in' }),
  ),
  sample('upstream-failed', 'account', {
    providerName: 'Google',
    fault: 'linked_elsewhere',
    reference,
    backUri: '/account/linked-accounts',
    back: 'account',
  }),
  sample('upstream-failed', 'unknown', { providerName: '', fault: 'request_invalid', reference }),
  sample('upstream-failed', 'hostile', { providerName: HOSTILE, fault: 'denied', reference }),
  sample('upstream-sign-out-failed', 'plain', { providerName: 'Google' }),
  sample('upstream-sign-out-failed', 'return', { providerName: 'Google', fault: 'return_unknown' }),
  sample('upstream-sign-out-done', 'plain', { providerName: 'Google' }),
  sample('upstream-sign-out-done', 'hostile', { providerName: HOSTILE }),
  sample('upstream-sign-out-failed', 'hostile', { providerName: HOSTILE }),
  sample('account-linked-accounts', 'plain', linkedAccounts),
  sample('account-linked-accounts', 'none', { ...linkedAccounts, links: [] }),
  sample('account-linked-accounts', 'done', { ...linkedAccounts, done: 'account_linked' }),
  sample('account-linked-accounts', 'last', { ...linkedAccounts, fault: 'last_way_to_sign_in' }),
  sample('account-linked-accounts', 'hostile', {
    ...linkedAccounts,
    account: { label: HOSTILE },
    links: [{ id: '1', providerName: HOSTILE, email: HOSTILE, since: '2026-11-20T09:30:00.000Z' }],
    providers: [{ id: 'x', name: HOSTILE }],
  }),
];
