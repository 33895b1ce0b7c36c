import { UpstreamError, type UpstreamFault } from '../upstream/upstream-error.js';
import { fault, fine, warning, type Finding } from './finding.js';

/** A provider by which people sign in here, and how it is asked what it offers. */
export interface ReachableProvider {
  readonly id: string;
  readonly issuer: string;
  /** @throws {UpstreamError} when it cannot be asked */
  readonly reach: () => Promise<unknown>;
  /**
   * Where people sign out there; absent: nobody is shown the way.
   * @throws {UpstreamError} when it cannot be asked
   */
  readonly signOutUri?: (() => Promise<string | undefined>) | undefined;
}

/** Whether the other providers by which people sign in can be asked. */
export async function checkIdentityProviders(
  providers: readonly ReachableProvider[],
): Promise<readonly Finding[]> {
  return Promise.all(
    providers.map(async ({ id, issuer, reach, signOutUri }) => {
      try {
        await reach();
        if (signOutUri && (await signOutUri()) === undefined) {
          return warning(
            'identity_providers.sign_out_missing',
            `The provider ${id} has no end_session_endpoint: the link to sign out there leads to a page that says so.`,
            'Set logout: false for it in CONFIG, so that nobody is shown the link.',
          );
        }
        return fine('identity_providers.reached', `The provider ${id} is reached at ${issuer}.`);
      } catch (error) {
        const why: UpstreamFault = error instanceof UpstreamError ? error.fault : 'invalid_answer';
        return why === 'unreachable'
          ? fault(
              'identity_providers.unreachable',
              `The provider ${id} is not reached at ${issuer}: nobody can sign in by it.`,
              'Check its issuer in CONFIG, and that this machine may ask it; private_network: true allows one on a private network.',
            )
          : fault(
              'identity_providers.metadata_wrong',
              `The provider ${id} answers at ${issuer} with what is no metadata of that issuer.`,
              'Write its issuer in CONFIG as it stands in its own discovery document.',
            );
      }
    }),
  );
}
