import type { CDPSession, Page } from 'playwright-core';

/** An authenticator that Chromium pretends to have: a platform one, which verifies its user. */
export interface VirtualAuthenticator {
  /** Ids of the passkeys in it, as base64url. */
  credentialIds(): Promise<readonly string[]>;
  /** Whether it answers at once, as if somebody were there; at first it does. */
  answers(isThere: boolean): Promise<void>;
  /** Whether it makes sure of its user, by a PIN for instance; at first it does. */
  knowsUser(isKnown: boolean): Promise<void>;
  /** Sets the count of uses of all its passkeys back, as a copy of it would have it. */
  setBack(signCount: number): Promise<void>;
  /** Keeps a copy of its passkeys. @returns puts those back that it lacks by then */
  copy(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/**
 * Gives the page's browser an authenticator. The page has to be at `localhost`: an IP address has no passkeys.
 * @param options.syncs its passkeys are kept in more than one place
 */
export async function addVirtualAuthenticator(
  page: Page,
  options: { readonly syncs?: boolean } = {},
): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const syncs = options.syncs === true;
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: syncs,
      defaultBackupState: syncs,
    },
  });
  const credentials = async () =>
    (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  return {
    credentialIds: async () =>
      (await credentials()).map(({ credentialId }) =>
        Buffer.from(credentialId, 'base64').toString('base64url'),
      ),
    async answers(isThere) {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: isThere });
    },
    async knowsUser(isKnown) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: isKnown });
    },
    async setBack(signCount) {
      for (const credential of await credentials()) {
        await session.send('WebAuthn.removeCredential', {
          authenticatorId,
          credentialId: credential.credentialId,
        });
        await session.send('WebAuthn.addCredential', {
          authenticatorId,
          credential: { ...credential, signCount },
        });
      }
    },
    async copy() {
      const kept = await credentials();
      return async () => {
        const left = (await credentials()).map(({ credentialId }) => credentialId);
        for (const credential of kept.filter(({ credentialId }) => !left.includes(credentialId))) {
          await session.send('WebAuthn.addCredential', { authenticatorId, credential });
        }
      };
    },
    async remove() {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}
