import type { BeginPasskeySignInDeps } from '../../domain/passkeys/begin-passkey-sign-in.js';
import type { SignInByPasskeyDeps } from '../../domain/passkeys/sign-in-by-passkey.js';

/** What signing in by passkey takes, but for the unit of work of each request. */
export type PasskeySignIn = Omit<BeginPasskeySignInDeps & SignInByPasskeyDeps, 'unitOfWork'>;
