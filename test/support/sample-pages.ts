import type { Views } from '../../src/http/view-models.js';
import { FACTORS_PAGES } from './sample-factors-pages.js';
import { ACCOUNT_PAGES } from './sample-account-pages.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';
import { SAMPLE_MAIL_PAGES } from './sample-mail-pages.js';
import { SIGN_UP_PAGES } from './sample-sign-up-pages.js';
import { PASSKEYS_PAGES } from './sample-passkeys-pages.js';
import { UPSTREAM_PAGES } from './sample-upstream-pages.js';
import { SELECT_ACCOUNT_PAGES } from './sample-select-account-pages.js';

export { HOSTILE, type SamplePage } from './sample-page.js';

const form = { action: '/interaction/k3J/login', csrf: 'csrf-token' };
const libraryForm = { action: '/device', xsrf: 'xsrf-token', csrf: 'csrf-token' };
const reference = '01938f6e-4bd1-7a52-9d2f-1c0f6a9b2e77';

const login: Views['login'] = { ...form, clientName: 'Lumen Notes', identifier: '', cancelAction: '/abort' };

const consent: Views['consent'] = {
  ...form,
  clientName: 'Lumen Notes',
  clientUri: 'https://notes.example',
  policyUri: 'https://notes.example/privacy',
  tosUri: 'https://notes.example/terms',
  account: { label: 'jo@example.org' },
  switchAccountAction: '/switch',
  scopes: [
    { name: 'openid', isNew: false },
    { name: 'profile', value: 'Jo Martin', isNew: false },
    { name: 'email', value: 'jo@example.org', isNew: false },
    { name: 'offline_access', isNew: true },
  ],
  resources: [
    {
      name: 'Calendar',
      scopes: [
        { name: 'calendar.read', sentence: 'Read your appointments', isNew: false },
        { name: 'calendar.write', sentence: 'Change your appointments', isNew: true },
      ],
    },
  ],
  redirectHost: 'notes.example',
  offlineAccess: true,
  durationDays: 180,
};

const setup: Views['setup'] = {
  action: '/setup',
  csrf: 'csrf-token',
  code: '',
  email: '',
  givenName: '',
  familyName: '',
  passwordMinLength: 15,
  faults: [],
};

const resetPassword: Views['reset-password'] = {
  action: '/reset-password/uJ8s',
  csrf: 'csrf-token',
  email: 'jo@example.org',
  passwordMinLength: 15,
  faults: [],
};
const signInLink = { action: '/sign-in-link/uJ8s', csrf: 'csrf-token' };
const verification = { action: '/verify-email/uJ8s', csrf: 'csrf-token' };

const deviceCode: Views['device-code'] = { ...libraryForm, userCode: '', example: 'WDJB-MJHT' };

const FAULTS = [
  'invalid_credentials',
  'too_many_attempts',
  'overloaded',
  'identifier_missing',
  'password_missing',
] as const;

const ERROR_KINDS = [
  'invalid_request',
  'unknown_client',
  'invalid_redirect_uri',
  'access_denied',
  'form_rejected',
  'not_found',
  'too_many_requests',
  'unavailable',
  'server_error',
] as const;

/** Every page: as usual, with each of its faults, and with hostile strings wherever a stranger's text stands. */
export const SAMPLE_PAGES: readonly SamplePage[] = [
  sample('login', 'plain', login),
  sample('login', 'hint', { ...login, identifier: 'jo@example.org' }),
  ...FAULTS.map((fault) =>
    sample('login', fault, { ...login, identifier: 'jo@example.org', fault, retryAfterMinutes: 5 }),
  ),
  sample('login', 'again', {
    ...login,
    identifier: 'jo@example.org',
    reauthentication: true,
    switchAccountAction: '/switch',
    fault: 'invalid_credentials',
  }),
  sample('login', 'hostile', { ...login, clientName: HOSTILE, identifier: HOSTILE }),
  sample('login', 'other-wanted', { ...login, notWanted: 'jo@example.org' }),
  ...SELECT_ACCOUNT_PAGES,
  ...UPSTREAM_PAGES,
  ...FACTORS_PAGES,
  ...PASSKEYS_PAGES,
  ...SIGN_UP_PAGES,
  ...SAMPLE_MAIL_PAGES,
  ...ACCOUNT_PAGES,
  sample('consent', 'plain', consent),
  sample('consent', 'lasting', { ...consent, durationDays: undefined, offlineAccess: false, resources: [] }),
  sample('consent', 'device', { ...consent, redirectHost: '' }),
  sample('consent', 'details', {
    ...consent,
    details: [
      {
        sentence: 'make a payment',
        actions: ['initiate', 'status'],
        locations: ['Example Bank'],
        fields: [
          { label: 'Amount', value: 'currency: EUR, amount: 12.50' },
          { label: 'To', value: 'Lumen Notes' },
        ],
      },
    ],
  }),
  sample('consent', 'hostile', {
    ...consent,
    clientName: HOSTILE,
    clientUri: 'javascript:alert(1)',
    account: { label: HOSTILE },
    scopes: [{ name: HOSTILE, sentence: HOSTILE, value: HOSTILE, isNew: true }],
    resources: [{ name: HOSTILE, scopes: [{ name: HOSTILE, isNew: false }] }],
    redirectHost: HOSTILE,
    unverified: true,
    documentHost: HOSTILE,
    details: [
      {
        sentence: HOSTILE,
        actions: [HOSTILE],
        locations: [HOSTILE],
        fields: [{ label: HOSTILE, value: HOSTILE }],
      },
    ],
  }),
  sample('logout', 'plain', {
    ...libraryForm,
    clientName: 'Lumen Notes',
    account: { label: 'jo@example.org' },
  }),
  sample('logout', 'hostile', { ...libraryForm, clientName: HOSTILE, account: { label: HOSTILE } }),
  sample('logout-done', 'plain', { clientName: 'Lumen Notes', clientUri: 'https://notes.example' }),
  sample('logout-done', 'alone', {}),
  sample('logout-done', 'stayed', { account: { label: 'jo@example.org' } }),
  sample('logout-done', 'hostile', { clientName: HOSTILE, clientUri: 'https://notes.example' }),
  ...ERROR_KINDS.map((kind) => sample('error', kind, { kind, reference })),
  sample('error', 'developer', {
    kind: 'invalid_request',
    reference,
    backUri: 'https://notes.example',
    backLabel: 'Lumen Notes',
    details: [
      { label: 'error', value: 'invalid_request' },
      { label: 'error_description', value: 'redirect_uri did not match any of the client’s registered ones' },
    ],
  }),
  sample('error', 'hostile', {
    kind: 'server_error',
    message: HOSTILE,
    reference,
    backUri: 'https://notes.example',
    backLabel: HOSTILE,
    details: [{ label: HOSTILE, value: HOSTILE }],
  }),
  sample('interaction-expired', 'plain', { startAgainUri: '/start-again', clientName: 'Lumen Notes' }),
  sample('interaction-expired', 'unknown', {}),
  sample('interaction-expired', 'hostile', { clientName: HOSTILE, startAgainUri: '//evil.example' }),
  sample('continue', 'plain', { continueUri: '/resume', clientName: 'Lumen Notes' }),
  sample('form-post', 'plain', { action: '/callback', fields: [{ name: 'code', value: 'a' }] }),
  sample('form-post', 'hostile', {
    action: '/callback?"><script>',
    fields: [{ name: 'state', value: HOSTILE }],
  }),
  sample('continue', 'hostile', { continueUri: '/resume?"><script>', clientName: HOSTILE }),
  sample('setup', 'plain', setup),
  sample('setup', 'faults', {
    ...setup,
    code: 'uJ8s-not-right',
    email: 'jo(at)example.org',
    givenName: 'Jo',
    faults: [
      { field: 'setup_link', code: 'setup_link_invalid', detail: 'The link is not valid.' },
      { field: 'email', code: 'email_invalid', detail: 'The email is not valid.' },
      { field: 'password', code: 'password_too_short', detail: 'The password is too short.' },
    ],
  }),
  sample('setup', 'hostile', {
    ...setup,
    code: HOSTILE,
    email: HOSTILE,
    givenName: HOSTILE,
    familyName: HOSTILE,
    faults: [{ field: 'elsewhere', code: 'unheard_of', detail: HOSTILE }],
  }),
  sample('setup-done', 'plain', { email: 'jo@example.org' }),
  sample('setup-done', 'hostile', { email: HOSTILE }),
  sample('reset-password', 'plain', resetPassword),
  sample('reset-password', 'faults', {
    ...resetPassword,
    faults: [{ field: 'password', code: 'password_too_short', detail: 'The password is too short.' }],
  }),
  sample('reset-password', 'hostile', { ...resetPassword, email: HOSTILE }),
  sample('verify-email', 'plain', { ...verification, email: 'jo@example.org' }),
  sample('verify-email', 'hostile', { ...verification, email: HOSTILE }),
  sample('login', 'ticket', { ...login, ticket: { action: '/ticket', email: 'jo@example.org' } }),
  sample('login', 'ticket-hostile', {
    ...login,
    identifier: HOSTILE,
    ticket: { action: '/ticket', email: HOSTILE },
  }),
  sample('sign-in-link', 'plain', { ...signInLink, email: 'jo@example.org' }),
  sample('sign-in-link', 'hostile', { ...signInLink, email: HOSTILE }),
  sample('sign-in-link-done', 'plain', { email: 'jo@example.org' }),
  sample('sign-in-link-done', 'client', {
    email: 'jo@example.org',
    clientName: 'Lumen Notes',
    loginUri: 'https://notes.example/sign-in?iss=https%3A%2F%2Fid.example',
  }),
  sample('sign-in-link-done', 'hostile', {
    email: HOSTILE,
    clientName: HOSTILE,
    loginUri: 'javascript:alert(1)',
  }),
  sample('account-link-invalid', 'sign_in', { purpose: 'sign_in' }),
  ...(['password_reset', 'email_verification'] as const).flatMap((purpose) => [
    sample('account-link-done', purpose, { purpose, email: 'jo@example.org' }),
    sample('account-link-invalid', purpose, { purpose }),
  ]),
  sample('account-link-done', 'hostile', { purpose: 'password_reset', email: HOSTILE }),
  sample('device-code', 'plain', deviceCode),
  ...(['user_code_missing', 'user_code_invalid', 'too_many_attempts', 'form_rejected'] as const).map(
    (fault) => sample('device-code', fault, { ...deviceCode, userCode: 'WDJB-XXXX', fault }),
  ),
  sample('device-code', 'hostile', { ...deviceCode, userCode: HOSTILE, fault: 'user_code_invalid' }),
  sample('device-confirm', 'plain', {
    ...libraryForm,
    userCode: 'WDJB-MJHT',
    clientName: 'Lumen TV',
    device: { ip: '203.0.113.7', userAgent: 'LumenTV/4.2 (Linux)' },
  }),
  sample('device-confirm', 'hostile', {
    ...libraryForm,
    userCode: HOSTILE,
    clientName: HOSTILE,
    device: { ip: HOSTILE, userAgent: HOSTILE },
  }),
  sample('device-done', 'allowed', { outcome: 'allowed', clientName: 'Lumen TV' }),
  sample('device-done', 'denied', { outcome: 'denied', clientName: 'Lumen TV' }),
  sample('device-done', 'hostile', { outcome: 'allowed', clientName: HOSTILE }),
  sample('home', 'production', {
    issuer: 'https://id.example.org',
    discoveryUri: 'https://id.example.org/.well-known/openid-configuration',
  }),
  sample('home', 'development', {
    issuer: 'http://localhost:3000',
    discoveryUri: 'http://localhost:3000/.well-known/openid-configuration',
    development: { administratorExists: false },
  }),
];
