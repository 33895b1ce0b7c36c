import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const form = { action: '/interaction/k3J/second-factor', csrf: 'csrf-token' };
const step = {
  ...form,
  clientName: 'Lumen Notes',
  account: { label: 'jo@example.org' },
  reason: 'own' as const,
  cancelAction: '/abort',
  switchAccountAction: '/switch',
};
const hostileStep = { ...step, clientName: HOSTILE, account: { label: HOSTILE }, reason: 'client' as const };

const list: Views['second-factor'] = {
  ...step,
  methods: [
    { method: 'passkey', address: '/interaction/k3J/second-factor/passkey' },
    { method: 'totp', address: '/interaction/k3J/second-factor/totp' },
    { method: 'recovery_code', address: '/interaction/k3J/second-factor/recovery' },
  ],
};

const totp: Views['second-factor-code'] = {
  ...step,
  method: 'totp',
  rememberDays: 30,
  otherWay: { method: 'recovery_code', address: '/interaction/k3J/second-factor/recovery' },
};
const recovery: Views['second-factor-code'] = {
  ...step,
  method: 'recovery_code',
  rememberDays: 1,
  otherWay: { method: 'list', address: '/interaction/k3J/second-factor?choose=1' },
};

const { action, csrf, ...signIn } = step;
const setup: Views['totp-setup'] = {
  action,
  csrf,
  qrUri: '/assets/icon.svg',
  key: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  otpauthUri:
    'otpauth://totp/Latchkey:jo%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Latchkey',
  name: '',
};

const passkey: NonNullable<Views['totp-setup']['passkey']> = {
  action: '/interaction/k3J/second-factor/setup/passkey',
  optionsAction: '/interaction/k3J/second-factor/setup/passkey/options',
};
const needed: Views['passkey-needed'] = {
  ...step,
  reason: 'client',
  passkey,
  passkeysUri: '/account/passkeys',
};

const codes: Views['recovery-codes'] = {
  ...form,
  downloadAction: '/file',
  codes: [
    'k3vx-9m2p-71tq',
    '0hzn-4c8d-w5ra',
    'e2gs-j6yb-3xfk',
    '9qtv-7n1m-h0pd',
    'b8wc-5r4z-2kya',
    '6xje-g3sf-t9vn',
    'm1hq-0d7p-c4bw',
    'z5ry-8k2a-6xje',
    'g3sf-t9vn-m1hq',
    '0d7p-c4bw-z5ry',
  ],
};

const account = { account: { label: 'jo@example.org' }, timeZone: 'Europe/Berlin' };
const accountTotp: Views['account-totp'] = {
  ...account,
  setupUri: '/account/totp/setup',
  removeUri: '/account/totp/remove',
  recoveryCodesUri: '/account/recovery-codes',
  codesLeft: 8,
};
const authenticator = {
  name: 'Work phone',
  addedAt: '2026-11-01T09:30:00.000Z',
  lastUsedAt: '2026-11-22T18:05:00.000Z',
};
const remove: Views['account-totp-remove'] = { ...account, ...form, backUri: '/account/totp', isLast: false };
const left: Views['account-recovery-codes'] = {
  ...account,
  ...form,
  left: 8,
  madeAt: '2026-11-01T09:30:00.000Z',
  usable: true,
  totpUri: '/account/totp',
};

/** Second factors: within a sign-in, and in the account. */
export const FACTORS_PAGES: readonly SamplePage[] = [
  sample('second-factor', 'plain', list),
  sample('second-factor', 'policy', { ...list, reason: 'policy' }),
  sample('second-factor', 'hostile', { ...list, ...hostileStep }),
  sample('second-factor-code', 'totp', totp),
  sample('second-factor-code', 'totp-bare', {
    ...totp,
    reason: 'client',
    rememberDays: undefined,
    otherWay: undefined,
  }),
  sample('second-factor-code', 'totp-wrong', { ...totp, fault: 'code_wrong' }),
  sample('second-factor-code', 'totp-missing', { ...totp, fault: 'code_missing' }),
  sample('second-factor-code', 'totp-throttled', {
    ...totp,
    fault: 'too_many_attempts',
    retryAfterMinutes: 5,
  }),
  sample('second-factor-code', 'recovery', recovery),
  sample('second-factor-code', 'recovery-wrong', { ...recovery, fault: 'code_wrong' }),
  sample('second-factor-code', 'hostile', { ...totp, ...hostileStep }),
  sample('passkey-needed', 'plain', needed),
  sample('passkey-needed', 'passkey_refused', {
    ...needed,
    passkey: { ...passkey, fault: 'passkey_refused' },
  }),
  sample('passkey-needed', 'hostile', { ...needed, ...hostileStep }),
  sample('recovery-code-used', 'plain', { ...form, clientName: 'Lumen Notes', left: 9 }),
  sample('recovery-code-used', 'last', { ...form, clientName: HOSTILE, left: 1 }),
  sample('totp-setup', 'sign-in', { ...setup, signIn, passkey }),
  sample('totp-setup', 'passkey_exists', {
    ...setup,
    signIn,
    passkey: { ...passkey, fault: 'passkey_exists' },
  }),
  sample('totp-setup', 'sign-in-hostile', {
    ...setup,
    name: HOSTILE,
    passkey,
    signIn: { ...signIn, clientName: HOSTILE, account: { label: HOSTILE }, reason: 'client' },
  }),
  sample('totp-setup', 'account', { ...setup, backUri: '/account/totp', replaces: true }),
  sample('totp-setup', 'wrong', { ...setup, backUri: '/account/totp', fault: 'code_wrong', name: 'Phone' }),
  sample('totp-setup', 'missing', { ...setup, signIn, fault: 'code_missing' }),
  sample('totp-setup', 'expired', { ...setup, signIn, fault: 'expired' }),
  sample('recovery-codes', 'plain', codes),
  sample('recovery-codes', 'not-saved', { ...codes, fault: 'not_saved' }),
  sample('account-totp', 'none', accountTotp),
  sample('account-totp', 'one', { ...accountTotp, authenticator, done: 'totp_added' }),
  sample('account-totp', 'no-codes', {
    ...accountTotp,
    authenticator: { ...authenticator, name: '', lastUsedAt: undefined },
    codesLeft: 0,
  }),
  sample('account-totp', 'hostile', { ...accountTotp, authenticator: { ...authenticator, name: HOSTILE } }),
  sample('account-totp-remove', 'plain', remove),
  sample('account-totp-remove', 'last', { ...remove, isLast: true }),
  sample('account-recovery-codes', 'plain', left),
  sample('account-recovery-codes', 'few', { ...left, left: 1, done: 'recovery_codes_made' }),
  sample('account-recovery-codes', 'never', { ...left, left: 0, madeAt: undefined }),
  sample('account-recovery-codes', 'unusable', { ...left, left: 0, madeAt: undefined, usable: false }),
];
