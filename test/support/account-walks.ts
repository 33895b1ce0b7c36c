import { totpCode, totpStep } from '../../src/domain/factors/totp.js';
import { linkIn, type MailServer } from './mail-server.js';
import type { OpenidApp } from './openid-app.js';
import type { Visitor } from './visitor.js';

/** What a person types to sign in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Every page of the account that can be opened by its address, with its heading. */
export const ACCOUNT_PAGES: readonly (readonly [path: string, heading: string])[] = [
  ['/account', 'Your account'],
  ['/account/profile', 'Profile'],
  ['/account/email', 'Email address'],
  ['/account/password', 'Change password'],
  ['/account/passkeys', 'Passkeys'],
  ['/account/totp', 'Authenticator app'],
  ['/account/recovery-codes', 'Recovery codes'],
  ['/account/sessions', 'Sessions'],
  ['/account/apps', 'Connected apps'],
  ['/account/activity', 'Activity'],
  ['/account/data', 'Download your data'],
  ['/account/deletion', 'Delete your account'],
];

/**
 * Signs up at the wish of an app, proves the address by the code of the mail, and allows the app.
 * @param prompt `consent` is added by an app that wants `offline_access`
 * @returns the app's tokens
 * @see Initiating User Registration via OpenID Connect 1.0 §4; OpenID Connect Core 1.0 §11
 */
export async function signUpForApp(
  visitor: Visitor,
  app: OpenidApp,
  mailServer: MailServer,
  { email, password }: Credentials,
  prompt: 'create' | 'create consent' = 'create',
) {
  const begun = await app.begin(visitor.page, { prompt });
  await visitor.sees('Create an account');
  await visitor.fills('Email', email);
  await visitor.fills('Password', password);
  await visitor.presses('Create account');
  await visitor.sees('Check your email');
  const mail = await mailServer.nextMail(email);
  expect(mail.subject).toBe('Finish signing up – Latchkey');
  expect(linkIn(mail, '/sign-up/')).toMatch(/^http/);
  await visitor.fills('Code', /^[A-Z0-9]{4}-[A-Z0-9]{4}$/m.exec(mail.text ?? '')?.[0] ?? '');
  await visitor.presses('Continue');
  await visitor.sees('Allow Garden planner to use your account?');
  await visitor.presses('Allow');
  return app.finish(visitor.page, begun);
}

export async function typePassword(visitor: Visitor, { email, password }: Credentials): Promise<void> {
  await visitor.fills('Email or username', email);
  await visitor.fills('Password', password);
  await visitor.presses('Sign in');
}

export async function signOut(visitor: Visitor): Promise<void> {
  await visitor.visits('/account', 'Your account');
  await visitor.follows('Sign out');
  await visitor.sees('Sign out of Latchkey?');
  await visitor.presses('Sign out');
  await visitor.sees('You are signed out');
}

/** Makes recovery codes and saves them, from their page. */
export async function makeRecoveryCodes(visitor: Visitor): Promise<readonly string[]> {
  await visitor.sees('Recovery codes');
  await visitor.presses('Make new codes');
  await visitor.sees('Save your recovery codes');
  const codes = await visitor.page.locator('.codes code').allTextContents();
  expect(codes).toHaveLength(10);
  await visitor.page.getByLabel('I have saved these codes').check();
  await visitor.presses('Continue');
  await visitor.sees('Recovery codes');
  await visitor.page.getByText('10 codes are left.').waitFor();
  return codes;
}

/** Passes the second step by a recovery code, after the password. */
export async function useRecoveryCode(visitor: Visitor, code: string, left: number): Promise<void> {
  await visitor.sees('One more step');
  await visitor.presses('Use a recovery code');
  await visitor.sees('Enter a recovery code');
  await visitor.fills('Recovery code', code);
  await visitor.presses('Continue');
  await visitor.sees('Your recovery code was accepted');
  await visitor.page.getByText(`${left} recovery codes are left.`).waitFor();
  await visitor.page.getByRole('button', { name: /^Continue to / }).click();
}

/** Sets an authenticator app up by the key that is typed by hand. @returns the code that the app shows some steps later */
export async function setUpAuthenticatorApp(visitor: Visitor): Promise<(later?: number) => string> {
  await visitor.visits('/account/totp', 'Authenticator app');
  await visitor.follows('Set up an authenticator app');
  await visitor.sees('Set up an authenticator app');
  await visitor.page.getByText('You cannot scan the code?').click();
  const key = await visitor.page.locator('details code').innerText();
  const secret = fromBase32(key.replaceAll(' ', ''));
  const code = (later = 0): string => totpCode(secret, totpStep(new Date()) + later);
  await visitor.fills('Code', code());
  await visitor.presses('Confirm');
  return code;
}

/** @see RFC 4648 §6 */
function fromBase32(text: string): Buffer {
  const bits = Array.from(text)
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
