import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const page = { account: { label: 'jo@example.org' }, timeZone: 'Europe/Berlin' };
const form = { ...page, action: '/account/page', csrf: 'csrf-token' };
const hostile = { account: { label: HOSTILE }, timeZone: HOSTILE };
const hostileForm = { ...form, ...hostile };
const at = '2026-11-23T20:15:00.000Z';

const home: Views['account'] = {
  ...page,
  name: 'Jo Martin',
  groups: [
    { name: 'person', areas: [{ name: 'profile', href: '/account/profile' }] },
    {
      name: 'sign_in',
      areas: [
        { name: 'email', href: '/account/email' },
        { name: 'password', href: '/account/password', count: 1 },
        { name: 'passkeys', href: '/account/passkeys', count: 2 },
        { name: 'totp', href: '/account/totp', count: 0 },
        { name: 'recovery_codes', href: '/account/recovery-codes', count: 10 },
        { name: 'linked_accounts', href: '/account/linked-accounts', count: 0 },
      ],
    },
    {
      name: 'use',
      areas: [
        { name: 'requests', href: '/account/requests', count: 1 },
        { name: 'sessions', href: '/account/sessions', count: 2 },
        { name: 'apps', href: '/account/apps', count: 3 },
        { name: 'activity', href: '/account/activity' },
      ],
    },
    {
      name: 'data',
      areas: [
        { name: 'data', href: '/account/data' },
        { name: 'deletion', href: '/account/deletion' },
      ],
    },
  ],
  signOutUri: '/session/end',
};

const profile: Views['account-profile'] = {
  ...form,
  values: {
    name: 'Jo Martin',
    given_name: 'Jo',
    family_name: 'Martin',
    nickname: '',
    username: 'jo',
    picture: '',
    website: 'https://jo.example',
    birthdate: '1990-12-31',
    phone_number: '',
    locale: 'de',
    zoneinfo: 'Europe/Berlin',
  },
  languages: [
    { tag: 'en', name: 'English' },
    { tag: 'de', name: 'Deutsch' },
  ],
  faults: [],
};

const password: Views['account-password'] = {
  ...form,
  hasPassword: true,
  passwordMinLength: 15,
  faults: [],
};

const sessions: Views['account-sessions'] = {
  ...form,
  sessions: [
    {
      id: 'a',
      isThis: true,
      browser: 'Firefox',
      system: 'Linux',
      network: '203.0.0.0/16',
      signedInAt: at,
      seenAt: at,
    },
    { id: 'b', isThis: false, browser: 'Safari', network: '2001:db8:1::/48', signedInAt: at, seenAt: at },
    { id: 'c', isThis: false },
  ],
};

const app: Views['account-apps']['apps'][number] = {
  clientId: 'notes',
  name: 'Lumen Notes',
  uri: 'https://notes.example',
  scopes: [
    { name: 'profile', isNew: false },
    { name: 'email', isNew: false },
    { name: 'calendar.read', sentence: 'Read your appointments', value: 'Calendar', isNew: false },
  ],
  since: at,
  lastUsedAt: at,
  received: [
    { name: 'given_name', value: 'Jo' },
    { name: 'email', value: 'jo@example.org' },
    { name: 'https://notes.example/plan', value: 'gold' },
  ],
};

const requests: Views['account-requests'] = {
  ...form,
  requests: [
    {
      id: 'a',
      clientName: 'Lumen Bank',
      message: 'Transfer 4711',
      scopes: [
        { name: 'openid', isNew: false },
        { name: 'payments', sentence: 'pay up to 100 €', value: 'Payments', isNew: false },
      ],
      until: at,
    },
    { id: 'b', clientName: 'Help desk', scopes: [{ name: 'openid', isNew: false }], until: at },
  ],
};

const event: Views['account-activity']['events'][number] = {
  kind: 'sign_in_succeeded',
  at,
  byOther: false,
  clientName: 'Lumen Notes',
  browser: 'Firefox',
  system: 'Linux',
  network: '203.0.0.0/16',
};

const deletion: Views['account-deletion'] = { ...form, graceDays: 7, signOutUri: '/session/end' };

/** The pages of the account that no other part brings along: as usual, with their faults, and with hostile strings. */
export const ACCOUNT_PAGES: readonly SamplePage[] = [
  sample('account', 'plain', home),
  sample('account', 'done', { ...home, done: 'deletion_cancelled' }),
  sample('account', 'hostile', { ...home, ...hostile, name: HOSTILE }),
  sample('account-not-signed-in', 'plain', { retryUri: '/account' }),
  sample('account-profile', 'plain', profile),
  sample('account-profile', 'done', { ...profile, done: 'profile_saved' }),
  sample('account-profile', 'faults', {
    ...profile,
    values: { ...profile.values, birthdate: 'long ago', username: 'jo@', locale: 'tlh' },
    faults: [
      { field: 'birthdate', code: 'birthdate_invalid', detail: 'birthdate must be a date.' },
      { field: 'username', code: 'username_invalid', detail: 'The username must not contain @.' },
    ],
  }),
  sample('account-profile', 'taken', {
    ...profile,
    faults: [{ field: 'username', code: 'taken', detail: 'Another account has this username already.' }],
  }),
  sample('account-profile', 'hostile', {
    ...profile,
    ...hostile,
    values: {
      ...Object.fromEntries(Object.keys(profile.values).map((name) => [name, HOSTILE])),
      // Written only when it is a language tag.
      locale: 'tlh',
    },
    faults: [{ field: 'name', code: 'name_invalid', detail: HOSTILE }],
  }),
  sample('account-password', 'plain', password),
  sample('account-password', 'first', { ...password, hasPassword: false }),
  sample('account-password', 'wrong', {
    ...password,
    faults: [{ field: 'current_password', code: 'current_password_wrong', detail: 'wrong' }],
  }),
  sample('account-password', 'common', {
    ...password,
    faults: [{ field: 'password', code: 'password_common', detail: 'common' }],
  }),
  sample('account-password', 'throttled', {
    ...password,
    faults: [{ field: '', code: 'too_many_attempts', detail: 'too many' }],
    retryAfterMinutes: 5,
  }),
  sample('account-password', 'overloaded', {
    ...password,
    faults: [{ field: '', code: 'overloaded', detail: 'busy' }],
  }),
  sample('account-password', 'done', { ...password, done: 'password_changed' }),
  sample('account-password', 'hostile', { ...password, ...hostile }),
  sample('account-sessions', 'plain', sessions),
  sample('account-sessions', 'alone', {
    ...sessions,
    sessions: sessions.sessions.slice(0, 1),
    done: 'others_ended',
  }),
  sample('account-sessions', 'hostile', {
    ...hostileForm,
    sessions: [
      { id: HOSTILE, isThis: false, browser: HOSTILE, system: HOSTILE, network: HOSTILE, seenAt: at },
    ],
  }),
  sample('account-apps', 'plain', {
    ...form,
    apps: [app, { clientId: 'tv', name: 'Lumen TV', scopes: [], since: at, received: [] }],
  }),
  sample('account-apps', 'none', { ...form, apps: [], done: 'app_removed' }),
  sample('account-apps', 'hostile', {
    ...hostileForm,
    apps: [
      {
        clientId: HOSTILE,
        name: HOSTILE,
        uri: 'javascript:alert(1)',
        scopes: [{ name: HOSTILE, sentence: HOSTILE, value: HOSTILE, isNew: false }],
        since: at,
        received: [{ name: HOSTILE, value: HOSTILE }],
      },
    ],
  }),
  sample('account-requests', 'plain', requests),
  sample('account-requests', 'none', { ...requests, requests: [], done: 'request_allowed' }),
  sample('account-requests', 'second-factor', { ...requests, fault: 'second_factor' }),
  sample('account-requests', 'hostile', {
    ...hostileForm,
    requests: [
      {
        id: HOSTILE,
        clientName: HOSTILE,
        message: HOSTILE,
        scopes: [{ name: HOSTILE, sentence: HOSTILE, value: HOSTILE, isNew: false }],
        until: at,
      },
    ],
  }),
  sample('account-activity', 'plain', {
    ...page,
    events: [
      event,
      { kind: 'password_changed', at, byOther: true },
      { kind: 'something_new', at, byOther: false, network: '2001:db8:1::/48' },
    ],
    olderUri: '/account/activity?before=3',
  }),
  sample('account-activity', 'none', { ...page, events: [] }),
  sample('account-activity', 'hostile', {
    ...hostile,
    events: [{ ...event, clientName: HOSTILE, browser: HOSTILE, system: HOSTILE, network: HOSTILE }],
  }),
  sample('account-data', 'plain', form),
  sample('account-deletion', 'plain', deletion),
  sample('account-deletion', 'at-once', { ...deletion, graceDays: 0 }),
  sample('account-deletion', 'last', { ...deletion, fault: 'last_administrator' }),
  sample('account-deletion', 'waits', { ...deletion, dueAt: at }),
  sample('account-deletion', 'signing-in', {
    ...deletion,
    dueAt: at,
    clientName: 'Lumen Notes',
    cancelAction: '/abort',
  }),
  sample('account-deletion', 'hostile', {
    ...deletion,
    ...hostile,
    dueAt: at,
    clientName: HOSTILE,
    cancelAction: '/abort',
  }),
  sample('account-deletion-done', 'waits', { timeZone: 'Europe/Berlin', dueAt: at }),
  sample('account-deletion-done', 'gone', { timeZone: 'UTC' }),
];
