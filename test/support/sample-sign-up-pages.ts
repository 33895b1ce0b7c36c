import type { Views } from '../../src/http/view-models.js';
import { HOSTILE, sample, type SamplePage } from './sample-page.js';

const form = { action: '/post', csrf: 'csrf-token' };
const signUp: Views['sign-up'] = {
  ...form,
  clientName: 'Lumen Notes',
  email: '',
  givenName: '',
  familyName: '',
  passwordMinLength: 15,
  emailDomains: [],
  faults: [],
  signInUri: '/interaction/k3J/sign-in',
  cancelAction: '/abort',
};
const unverified: Views['email-unverified'] = {
  action: '/interaction/k3J/verify-email',
  csrf: 'csrf-token',
  clientName: 'Lumen Notes',
  email: 'jo@example.org',
  sent: true,
  continueUri: '/interaction/k3J/verify-email?opened=1',
  changeUri: '/account/email',
  cancelAction: '/abort',
  switchAccountAction: '/switch',
};
const checkEmail: Views['check-email'] = {
  ...form,
  email: 'jo@example.org',
  resendAction: '/resend',
  resent: false,
  changeUri: '/interaction/k3J/sign-up',
};
const confirm: Views['confirm-sign-up'] = { ...form, email: 'jo@example.org', asksPassword: true };
const forgot: Views['forgot-password'] = { ...form, identifier: '', backUri: '/interaction/k3J/sign-in' };
const newPassword: Views['new-password'] = {
  ...form,
  clientName: 'Lumen Notes',
  account: { label: 'jo@example.org' },
  passwordMinLength: 15,
  faults: [],
  cancelAction: '/abort',
  switchAccountAction: '/switch',
};
const accountEmail: Views['account-email'] = {
  ...form,
  account: { label: 'jo@example.org' },
  timeZone: 'UTC',
  email: 'jo@example.org',
  emailVerified: true,
  newEmail: '',
  faults: [],
};
const invitation: Views['invitation'] = {
  ...form,
  email: 'jo@example.org',
  givenName: 'Jo',
  familyName: '',
  passwordMinLength: 15,
  faults: [],
};
const faultOf = (field: string, code: string) => ({ field, code, detail: 'It is not right.' });
const OFF = { faults: [faultOf('', 'too_many_attempts')], retryAfterMinutes: 5 };

/** Signing up, forgotten passwords, changes of the email address, invitations. */
export const SIGN_UP_PAGES: readonly SamplePage[] = [
  sample('new-password', 'plain', newPassword),
  ...['password_missing', 'password_too_short', 'password_unchanged'].map((code) =>
    sample('new-password', code, { ...newPassword, faults: [faultOf('password', code)] }),
  ),
  sample('new-password', 'overloaded', { ...newPassword, faults: [faultOf('', 'overloaded')] }),
  sample('new-password', 'hostile', { ...newPassword, clientName: HOSTILE, account: { label: HOSTILE } }),
  sample('sign-up', 'plain', signUp),
  sample('sign-up', 'domains', { ...signUp, emailDomains: ['example.org', '*.example.com'] }),
  sample('sign-up', 'faults', {
    ...signUp,
    email: 'jo@elsewhere.example',
    emailDomains: ['example.org'],
    faults: [
      faultOf('email', 'email_domain'),
      faultOf('given_name', 'given_name_invalid'),
      faultOf('password', 'password_too_short'),
    ],
  }),
  sample('sign-up', 'too_many_attempts', { ...signUp, email: 'jo@example.org', ...OFF }),
  sample('sign-up', 'overloaded', {
    ...signUp,
    email: 'jo@example.org',
    faults: [faultOf('', 'overloaded')],
  }),
  sample('sign-up', 'hostile', {
    ...signUp,
    clientName: HOSTILE,
    email: HOSTILE,
    givenName: HOSTILE,
    familyName: HOSTILE,
    faults: [faultOf('email', 'email_invalid')],
  }),
  sample('email-unverified', 'plain', unverified),
  sample('email-unverified', 'resent', { ...unverified, notice: 'resent' }),
  sample('email-unverified', 'not-yet', { ...unverified, notice: 'not_yet' }),
  sample('email-unverified', 'no-mail', { ...unverified, sent: false }),
  sample('email-unverified', 'throttled', {
    ...unverified,
    fault: 'too_many_attempts',
    retryAfterMinutes: 5,
  }),
  sample('email-unverified', 'hostile', { ...unverified, clientName: HOSTILE, email: HOSTILE }),
  sample('check-email', 'plain', checkEmail),
  sample('check-email', 'resent', { ...checkEmail, resent: true }),
  ...(['code_missing', 'code_invalid', 'too_many_attempts', 'overloaded'] as const).map((fault) =>
    sample('check-email', fault, {
      ...checkEmail,
      fault,
      retryAfterMinutes: fault === 'too_many_attempts' ? 5 : undefined,
    }),
  ),
  sample('check-email', 'hostile', { ...checkEmail, email: HOSTILE }),
  sample('confirm-sign-up', 'elsewhere', confirm),
  sample('confirm-sign-up', 'own-browser', { ...confirm, asksPassword: false, token: 'token' }),
  ...(['password_wrong', 'too_many_attempts', 'overloaded'] as const).map((fault) =>
    sample('confirm-sign-up', fault, { ...confirm, fault }),
  ),
  sample('confirm-sign-up', 'hostile', { ...confirm, email: HOSTILE }),
  sample('sign-up-done', 'plain', { email: 'jo@example.org' }),
  sample('sign-up-done', 'hostile', { email: HOSTILE }),
  sample('forgot-password', 'plain', forgot),
  sample('forgot-password', 'identifier_missing', { ...forgot, fault: 'identifier_missing' }),
  sample('forgot-password', 'too_many_attempts', {
    ...forgot,
    identifier: 'jo@example.org',
    fault: 'too_many_attempts',
    retryAfterMinutes: 1,
  }),
  sample('forgot-password', 'hostile', { ...forgot, identifier: HOSTILE }),
  sample('forgot-password-sent', 'plain', { minutes: 30, backUri: '/interaction/k3J/sign-in' }),
  sample('change-email', 'plain', { ...form, email: 'jo@example.org', newEmail: 'jo@new.example' }),
  sample('change-email', 'hostile', { ...form, email: HOSTILE, newEmail: HOSTILE }),
  sample('account-email', 'plain', accountEmail),
  sample('account-email', 'unverified', { ...accountEmail, emailVerified: false, sent: 'verification' }),
  sample('account-email', 'sent', { ...accountEmail, sent: 'change' }),
  sample('account-email', 'fault', {
    ...accountEmail,
    newEmail: 'jo',
    faults: [faultOf('email', 'email_invalid')],
  }),
  sample('account-email', 'too_many_attempts', { ...accountEmail, newEmail: 'jo@new.example', ...OFF }),
  sample('account-email', 'hostile', {
    ...accountEmail,
    account: { label: HOSTILE },
    email: HOSTILE,
    newEmail: HOSTILE,
    faults: [faultOf('email', 'email_same')],
  }),
  sample('invitation', 'plain', invitation),
  sample('invitation', 'fault', { ...invitation, faults: [faultOf('password', 'password_common')] }),
  sample('invitation', 'hostile', {
    ...invitation,
    email: HOSTILE,
    givenName: HOSTILE,
    familyName: HOSTILE,
  }),
  sample('account-link-done', 'email_change', { purpose: 'email_change', email: 'jo@example.org' }),
  sample('account-link-done', 'sign-in', {
    purpose: 'password_reset',
    email: 'jo@example.org',
    signInUri: '/authorize?client_id=notes',
  }),
  ...(['email_change', 'registration', 'invitation'] as const).map((purpose) =>
    sample('account-link-invalid', purpose, { purpose }),
  ),
  sample('account-link-invalid', 'ask', { purpose: 'password_reset', askUri: '/forgot-password' }),
  sample('login', 'self-service', {
    ...form,
    clientName: 'Lumen Notes',
    identifier: '',
    cancelAction: '/abort',
    signUpUri: '/interaction/k3J/sign-up',
    forgotPasswordUri: '/interaction/k3J/forgot-password',
  }),
];
