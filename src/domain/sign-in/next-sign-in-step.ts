import { levelOf, reaches, type AuthenticationLevel } from './authentication-level.js';
import type { GivenProof } from './authentication-method.js';
import type { SignInRequirement } from './sign-in-requirement.js';

/** The second factors that an account has. */
export interface SecondFactors {
  /** An authenticator that shows codes. */
  readonly totp: boolean;
  /** Recovery codes that are left. */
  readonly recoveryCodes: number;
  readonly passkeys: number;
}

/** A way to prove a second factor. */
export type ChallengeMethod = 'passkey' | 'totp' | 'recovery_code';
/** A second factor that a person can set up. */
export type EnrolKind = 'totp' | 'passkey';

/** What comes next in a sign-in. */
export type SignInStep =
  /** Nobody has proved the first factor yet. */
  | { readonly kind: 'first_factor' }
  /** The best way first; recovery codes are last. After it `enrol` may follow, where none of them reaches what is wanted. */
  | {
      readonly kind: 'challenge';
      readonly methods: readonly ChallengeMethod[];
      readonly wanted: AuthenticationLevel;
    }
  /** The account has nothing by which it could reach what is demanded. */
  | { readonly kind: 'enrol'; readonly kinds: readonly EnrolKind[]; readonly wanted: AuthenticationLevel }
  /** The password that was proved is temporary: there is no session before its owner has chosen another one. */
  | { readonly kind: 'change_password' }
  /** The address of the account is not verified, and the app or the operator demands that it is. */
  | { readonly kind: 'verify_email' }
  | { readonly kind: 'done'; readonly level: AuthenticationLevel };

/** Whether the account has a second factor; recovery codes stand in for one, and are none of their own. */
export function hasSecondFactor({ totp, passkeys }: SecondFactors): boolean {
  return totp || passkeys > 0;
}

/**
 * What a person has to do next. It never answers `done` before everything that is demanded is reached.
 * @param input.isRemembered whether this browser is not to be asked by policy; it never reaches what a client or a
 *   request demands
 * @param input.passwordTemporary whether the account's password was set by somebody else
 * @param input.emailMissing see `lacksVerifiedEmail`; it comes last, so that no stranger has mails sent
 * @see OWASP ASVS 5.0 V6.4.6
 */
export function nextSignInStep(input: {
  readonly proofs: readonly GivenProof[];
  readonly factors: SecondFactors;
  readonly requirement: SignInRequirement;
  readonly isRemembered: boolean;
  readonly passwordTemporary: boolean;
  readonly emailMissing: boolean;
}): SignInStep {
  const { proofs, factors, passwordTemporary } = input;
  const level = levelOf(proofs);
  if (level === undefined) return { kind: 'first_factor' };
  const wanted = missingLevel(input, level);
  if (wanted === undefined) {
    const isByTemporary = passwordTemporary && proofs.some(({ method }) => method === 'password');
    if (isByTemporary) return { kind: 'change_password' };
    return input.emailMissing ? { kind: 'verify_email' } : { kind: 'done', level };
  }
  if (canReach(factors, wanted)) {
    return { kind: 'challenge', methods: methodsFor(factors, wanted), wanted };
  }
  // Whoever has a second factor proves it before they add another: else the password alone would get round it.
  return hasSecondFactor(factors) && !reaches(level, 'multi')
    ? { kind: 'challenge', methods: methodsFor(factors, 'multi'), wanted }
    : { kind: 'enrol', kinds: kindsFor(wanted), wanted };
}

/** @returns undefined where nothing is missing */
function missingLevel(
  { factors, requirement, isRemembered }: Parameters<typeof nextSignInStep>[0],
  level: AuthenticationLevel,
): AuthenticationLevel | undefined {
  const { policy, demanded, preferred } = requirement;
  if (demanded !== undefined && !reaches(level, demanded)) return demanded;
  const byPolicy = policy === 'required' || (policy === 'optional' && hasSecondFactor(factors));
  if (byPolicy && !isRemembered && !reaches(level, 'multi')) return 'multi';
  if (preferred.some((wanted) => reaches(level, wanted))) return undefined;
  return preferred.find((wanted) => canReach(factors, wanted));
}

/** Whether the account could reach the level by what it has. */
export function canReach(factors: SecondFactors, wanted: AuthenticationLevel): boolean {
  switch (wanted) {
    case 'single':
      return true;
    case 'multi':
      return hasSecondFactor(factors);
    case 'phishing_resistant':
      return factors.passkeys > 0;
  }
}

function methodsFor(factors: SecondFactors, wanted: AuthenticationLevel): readonly ChallengeMethod[] {
  const passkey: readonly ChallengeMethod[] = factors.passkeys > 0 ? ['passkey'] : [];
  if (wanted === 'phishing_resistant') return passkey;
  return [
    ...passkey,
    ...(factors.totp ? (['totp'] as const) : []),
    ...(factors.recoveryCodes > 0 ? (['recovery_code'] as const) : []),
  ];
}

function kindsFor(wanted: AuthenticationLevel): readonly EnrolKind[] {
  return wanted === 'phishing_resistant' ? ['passkey'] : ['totp', 'passkey'];
}
