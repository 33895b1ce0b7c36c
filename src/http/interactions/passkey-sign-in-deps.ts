import type { BeginPasskeySignInDeps } from '../../domain/passkeys/begin-passkey-sign-in.js';
import type { BeginPasskeyEnrolmentDeps } from '../../domain/passkeys/begin-passkey-enrolment.js';
import type { EnrolPasskeyDeps } from '../../domain/passkeys/enrol-passkey.js';
import type { SignInByPasskeyDeps } from '../../domain/passkeys/sign-in-by-passkey.js';

/** What signing in by passkey, and adding one meanwhile, takes, but for the unit of work of each request. */
export type PasskeySignIn = Omit<
  BeginPasskeySignInDeps & SignInByPasskeyDeps & BeginPasskeyEnrolmentDeps & Omit<EnrolPasskeyDeps, 'issuer'>,
  'unitOfWork'
>;
