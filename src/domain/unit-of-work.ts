import type { AccountLinkStore } from './account-links/account-link-store.js';
import type { AccountStore } from './accounts/account-store.js';
import type { BulkAccountStore } from './accounts/bulk-account-store.js';
import type { AuditOrigin } from './audit/audit-event.js';
import type { AuditTrail } from './audit/audit-log.js';
import type { BackchannelRequestStore, PingQueue } from './ciba/backchannel-request.js';
import type { SetupLinkStore } from './administrators/setup-link-store.js';
import type { ArtifactRevocation } from './artifacts/artifact-revocation.js';
import type { ClientLogoStore } from './branding/client-logo-store.js';
import type { ClientRegistrationStore } from './client-registration/client-registration-store.js';
import type { InitialAccessTokenStore } from './client-registration/initial-access-token.js';
import type { ClientStore } from './clients/client-store.js';
import type { ConsentStore } from './consents/consent-store.js';
import type { RecoveryCodeStore } from './factors/recovery-code-store.js';
import type { RememberedDeviceStore } from './factors/remembered-device-store.js';
import type { TotpStore } from './factors/totp-store.js';
import type { GrantStore } from './grants/grant-store.js';
import type { GroupStore } from './groups/group-store.js';
import type { LogoutQueue } from './logouts/logout-queue.js';
import type { InvitationStore } from './invitations/invitation.js';
import type { MailOutbox } from './mail/mail.js';
import type { MailQueue } from './mail/mail-queue.js';
import type { RegistrationStore } from './registrations/registration.js';
import type { PasskeyChallengeStore } from './passkeys/passkey-challenge-store.js';
import type { PasskeyStore } from './passkeys/passkey-store.js';
import type { RoleStore } from './roles/role-store.js';
import type { SessionStore } from './sessions/session-store.js';
import type { UpstreamLinkStore } from './upstream/upstream-link-store.js';
import type { UpstreamRequestStore } from './upstream/upstream-request-store.js';
import type { UpstreamSidStore } from './upstream/upstream-sid-store.js';
import type { SigningKeyStore } from './signing-keys/signing-key-store.js';

/** Every store that a change may span. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly bulkAccounts: BulkAccountStore;
  readonly accountLinks: AccountLinkStore;
  readonly setupLinks: SetupLinkStore;
  readonly clients: ClientStore;
  readonly clientLogos: ClientLogoStore;
  readonly clientRegistrations: ClientRegistrationStore;
  readonly initialAccessTokens: InitialAccessTokenStore;
  readonly consents: ConsentStore;
  readonly signingKeys: SigningKeyStore;
  readonly roles: RoleStore;
  readonly groups: GroupStore;
  readonly sessions: SessionStore;
  readonly grants: GrantStore;
  readonly artifactRevocation: ArtifactRevocation;
  readonly totp: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly rememberedDevices: RememberedDeviceStore;
  readonly passkeys: PasskeyStore;
  readonly passkeyChallenges: PasskeyChallengeStore;
  readonly logoutQueue: LogoutQueue;
  readonly backchannelRequests: BackchannelRequestStore;
  readonly pingQueue: PingQueue;
  readonly mailOutbox: MailOutbox;
  /** For those who deliver and look after the mails; a use case that sends one takes `mailOutbox`. */
  readonly mailQueue: MailQueue;
  readonly registrations: RegistrationStore;
  readonly invitations: InvitationStore;
  readonly upstreamLinks: UpstreamLinkStore;
  readonly upstreamRequests: UpstreamRequestStore;
  readonly upstreamSids: UpstreamSidStore;
  readonly audit: AuditTrail;
}

/**
 * Runs work in one transaction: all of its writes are there afterwards, or none. A use case names the stores that it
 * needs, `UnitOfWork<'accounts'>`, and sees no others.
 */
export interface UnitOfWork<Names extends keyof Stores = keyof Stores> {
  run<Result>(work: (stores: Pick<Stores, Names>) => Promise<Result>): Promise<Result>;
}

/** A unit of work that knows where its changes come from: whoever serves a request makes one for it. */
export interface UnitsOfWork<Names extends keyof Stores = keyof Stores> {
  from(origin: AuditOrigin): UnitOfWork<Names>;
}

/** Stores to which is added without reading anything first. */
export interface AddedTo {
  readonly consents: Pick<ConsentStore, 'add'>;
  readonly audit: AuditTrail;
}

/**
 * A unit of work that only adds, whole or not at all. It is written when the work is done, together with those of other
 * requests, and is there when `run` answers.
 */
export interface AddingUnitOfWork {
  run<Result>(work: (stores: AddedTo) => Promise<Result>): Promise<Result>;
}

/** An adding unit of work that knows where its changes come from. */
export interface AddingUnitsOfWork {
  from(origin: AuditOrigin): AddingUnitOfWork;
}
