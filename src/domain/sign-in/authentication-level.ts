import type { GivenProof } from './authentication-method.js';

/** What a sign-in is worth, from the least: one factor, two, or one that no impostor's page can pass on. */
export const AUTHENTICATION_LEVELS = ['single', 'multi', 'phishing_resistant'] as const;
export type AuthenticationLevel = (typeof AUTHENTICATION_LEVELS)[number];

/**
 * The authentication context class references that stand for the levels. Each includes those before it.
 * @see REFEDS Single-Factor and Multi-Factor Authentication Profiles; OpenID Connect EAP ACR Values 1.0 §4
 */
export const ACR_OF_LEVEL: Readonly<Record<AuthenticationLevel, string>> = {
  single: 'https://refeds.org/profile/sfa',
  multi: 'https://refeds.org/profile/mfa',
  phishing_resistant: 'phr',
};

/** @returns undefined for a reference that this provider does not know */
export function levelOfAcr(acr: string | undefined): AuthenticationLevel | undefined {
  return AUTHENTICATION_LEVELS.find((level) => ACR_OF_LEVEL[level] === acr);
}

/** Whether the one is worth as much as the other, or more. */
export function reaches(level: AuthenticationLevel | undefined, wanted: AuthenticationLevel): boolean {
  return rank(level) >= rank(wanted);
}

/** The greater of two; undefined is less than any. */
export function strongest(
  ...levels: readonly (AuthenticationLevel | undefined)[]
): AuthenticationLevel | undefined {
  return levels.reduce((best, level) => (rank(level) > rank(best) ? level : best), undefined);
}

function rank(level: AuthenticationLevel | undefined): number {
  return level === undefined ? -1 : AUTHENTICATION_LEVELS.indexOf(level);
}

/**
 * What the proofs are worth together. Two of one kind are one factor: a link to the mailbox stands in for the password,
 * since whoever reads the mailbox may reset it, and a recovery code for the authenticator.
 * @returns undefined while the first factor is missing: a code alone lets nobody in
 */
export function levelOf(proofs: readonly Pick<GivenProof, 'method'>[]): AuthenticationLevel | undefined {
  const given = new Set(proofs.map(({ method }) => method));
  if (given.has('passkey')) return 'phishing_resistant';
  const isFirstProven = given.has('password') || given.has('email_link') || given.has('upstream');
  if (!isFirstProven) return undefined;
  return given.has('totp') || given.has('recovery_code') ? 'multi' : 'single';
}

/**
 * How the person proved who they are, as tokens tell it. Of another provider it tells what that one said, but for `mfa`:
 * that is said of what was proved here.
 * @see RFC 8176 §2
 */
export function amrOf(proofs: readonly GivenProof[]): readonly string[] {
  const told = proofs.flatMap(({ method, amr = [] }) =>
    amr.length === 0 || method === 'upstream' ? [...amr, ...AMR_OF_METHOD[method]] : amr,
  );
  const amr = new Set(told.filter((value) => value !== 'mfa'));
  if (reaches(levelOf(proofs), 'multi')) amr.add('mfa');
  return [...amr];
}

const AMR_OF_METHOD: Readonly<Record<GivenProof['method'], readonly string[]>> = {
  password: ['pwd'],
  passkey: ['pop', 'user'],
  totp: ['otp'],
  recovery_code: ['otp'],
  email_link: ['otp'],
  upstream: ['fed'],
};
