import type { Clock } from '../clock.js';
import type { IdentityProvider } from './identity-provider.js';
import { hashUpstreamToken } from './upstream-request.js';
import type { UpstreamRequestStore } from './upstream-request-store.js';

/** Seconds for which the way to sign out there is known; as long as most sessions. */
export const SIGN_OUT_SECONDS = 24 * 60 * 60;

export interface SignOutTicketDeps {
  readonly requests: Pick<UpstreamRequestStore, 'add' | 'take'>;
  readonly randomToken: () => string;
  readonly clock: Clock;
}

/**
 * Keeps the ID token of a sign-in by another provider for the logout there, sealed, for a day.
 * @returns the secret by which the browser has it used
 * @see OpenID Connect RP-Initiated Logout 1.0 §2 `id_token_hint`
 */
export async function keepForSignOut(
  { requests, randomToken, clock }: SignOutTicketDeps,
  { id }: Pick<IdentityProvider, 'id'>,
  idToken: string,
): Promise<string> {
  const ticket = randomToken();
  await requests.add({
    tokenHash: hashUpstreamToken('sign_out', ticket),
    content: { kind: 'sign_out', providerId: id, idToken },
    expiresAt: new Date(clock.now().getTime() + SIGN_OUT_SECONDS * 1000),
  });
  return ticket;
}

/** Uses it up. @returns the ID token, unless it was used, has expired, or is of another provider */
export async function takeForSignOut(
  { requests, clock }: Pick<SignOutTicketDeps, 'requests' | 'clock'>,
  { id }: Pick<IdentityProvider, 'id'>,
  ticket: string,
): Promise<string | undefined> {
  const content = await requests.take(hashUpstreamToken('sign_out', ticket), clock.now());
  const { kind, providerId, idToken } = content ?? {};
  return kind === 'sign_out' && providerId === id && typeof idToken === 'string' ? idToken : undefined;
}
