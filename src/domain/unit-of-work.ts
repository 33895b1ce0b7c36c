import type { AccountStore } from './accounts/account-store.js';
import type { SetupLinkStore } from './administrators/setup-link-store.js';
import type { ArtifactRevocation } from './artifacts/artifact-revocation.js';
import type { ClientStore } from './clients/client-store.js';
import type { ConsentStore } from './consents/consent-store.js';
import type { SigningKeyStore } from './signing-keys/signing-key-store.js';

/** Every store that a change may span. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly setupLinks: SetupLinkStore;
  readonly clients: ClientStore;
  readonly consents: ConsentStore;
  readonly signingKeys: SigningKeyStore;
  readonly artifactRevocation: ArtifactRevocation;
}

/**
 * Runs work in one transaction: all of its writes are there afterwards, or none. A use case names the stores that it
 * needs, `UnitOfWork<'accounts'>`, and sees no others.
 */
export interface UnitOfWork<Names extends keyof Stores = keyof Stores> {
  run<Result>(work: (stores: Pick<Stores, Names>) => Promise<Result>): Promise<Result>;
}
