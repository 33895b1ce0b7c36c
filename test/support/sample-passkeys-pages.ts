import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const page = { account: { label: 'jo@example.org' }, timeZone: 'Europe/Berlin' };
const phone = { name: 'iCloud Keychain', createdAt: '2026-11-20T09:30:00.000Z', synced: true };
const laptop = {
  name: 'Work laptop',
  createdAt: '2026-11-21T10:00:00.000Z',
  lastUsedAt: '2026-11-23T08:15:00.000Z',
  synced: false,
};

const passkeys: Views['passkeys'] = {
  ...page,
  action: '/account/passkeys',
  optionsAction: '/account/passkeys/options',
  csrf: 'csrf-token',
  passkeys: [
    { ...phone, href: '/account/passkeys/1' },
    { ...laptop, href: '/account/passkeys/2' },
  ],
  limit: 20,
  signal: '{"rpId":"localhost","userId":"AAAA","allAcceptedCredentialIds":[]}',
};
const edit: Views['passkeys-edit'] = {
  ...page,
  action: '/account/passkeys/2',
  csrf: 'csrf-token',
  passkey: laptop,
  name: 'Work laptop',
  removeHref: '/account/passkeys/2/remove',
};
const remove: Views['passkeys-remove'] = {
  ...page,
  action: '/account/passkeys/2/remove',
  csrf: 'csrf-token',
  name: 'Work laptop',
  isLast: false,
};
const challenge: Views['passkeys-challenge'] = {
  action: '/interaction/k3J/second-factor/passkey',
  optionsAction: '/interaction/k3J/second-factor/passkey/options',
  csrf: 'csrf-token',
  account: 'jo@example.org',
  otherWaysHref: '/interaction/k3J/second-factor',
  cancelAction: '/interaction/k3J/abort',
};
const login: Views['login'] = {
  action: '/interaction/k3J/login',
  csrf: 'csrf-token',
  clientName: 'Lumen Notes',
  identifier: '',
  cancelAction: '/abort',
  passkey: { action: '/interaction/k3J/passkey', optionsAction: '/interaction/k3J/passkey/options' },
};

/** The pages of passkeys, and the login page with its button. */
export const PASSKEYS_PAGES: readonly SamplePage[] = [
  sample('login', 'passkey', login),
  sample('login', 'passkey_refused', { ...login, fault: 'passkey_refused' }),
  sample('passkeys', 'plain', passkeys),
  sample('passkeys', 'none', { ...passkeys, passkeys: [] }),
  sample('passkeys', 'limit', { ...passkeys, limit: 2 }),
  ...(['passkey_added', 'passkey_renamed', 'passkey_removed'] as const).map((done) =>
    sample('passkeys', done, { ...passkeys, done }),
  ),
  ...(['passkey_refused', 'passkey_exists'] as const).map((fault) =>
    sample('passkeys', fault, { ...passkeys, fault }),
  ),
  sample('passkeys', 'hostile', {
    ...passkeys,
    account: { label: HOSTILE },
    passkeys: [{ ...phone, name: HOSTILE, href: '/account/passkeys/1' }],
  }),
  sample('passkeys-edit', 'plain', edit),
  sample('passkeys-edit', 'name_invalid', { ...edit, name: '', fault: 'name_invalid' }),
  sample('passkeys-edit', 'hostile', {
    ...edit,
    passkey: { ...laptop, name: HOSTILE },
    name: HOSTILE,
    fault: 'name_invalid',
  }),
  sample('passkeys-remove', 'plain', remove),
  sample('passkeys-remove', 'last', { ...remove, isLast: true }),
  sample('passkeys-remove', 'hostile', { ...remove, name: HOSTILE }),
  sample('passkeys-challenge', 'plain', challenge),
  sample('passkeys-challenge', 'alone', { ...challenge, otherWaysHref: undefined }),
  sample('passkeys-challenge', 'passkey_refused', { ...challenge, fault: 'passkey_refused' }),
  sample('passkeys-challenge', 'too_many_attempts', {
    ...challenge,
    fault: 'too_many_attempts',
    retryAfterMinutes: 5,
  }),
  sample('passkeys-challenge', 'hostile', { ...challenge, account: HOSTILE }),
];
