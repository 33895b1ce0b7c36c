import { createHmac } from 'node:crypto';
import type { LoginAttempt, LoginThrottle } from '../../src/domain/accounts/login-throttle.js';
import type { PasswordHasher } from '../../src/domain/accounts/password-hasher.js';
import type { PasswordPolicy } from '../../src/domain/accounts/password-policy.js';
import type { SetupLinkStore } from '../../src/domain/administrators/setup-link-store.js';
import type { Clock } from '../../src/domain/clock.js';
import { DomainError } from '../../src/domain/errors.js';
import type { Stores, UnitOfWork } from '../../src/domain/unit-of-work.js';
import { createInMemoryAccountLinkStore } from './in-memory-account-link-store.js';
import { createInMemoryAccountStore } from './in-memory-account-store.js';
import { createInMemoryBulkAccountStore } from './in-memory-bulk-account-store.js';
import { createInMemoryConsentStore } from './in-memory-consent-store.js';
import { createInMemoryGrantStore } from './in-memory-grant-store.js';
import { createInMemoryGroupStore } from './in-memory-group-store.js';
import {
  createInMemoryPasskeyChallengeStore,
  createInMemoryPasskeyStore,
} from './in-memory-passkey-store.js';
import { createInMemoryInvitationStore } from './in-memory-invitation-store.js';
import { createInMemoryRegistrationStore } from './in-memory-registration-store.js';
import { createInMemoryRecoveryCodeStore } from './in-memory-recovery-code-store.js';
import { createInMemoryRememberedDeviceStore } from './in-memory-remembered-device-store.js';
import { createInMemoryTotpStore } from './in-memory-totp-store.js';
import {
  createInMemoryUpstreamLinkStore,
  createInMemoryUpstreamRequestStore,
  createInMemoryUpstreamSidStore,
} from './in-memory-upstream-stores.js';
import { createInMemoryRoleStore } from './in-memory-role-store.js';
import { createInMemorySessionStore } from './in-memory-session-store.js';
import { createRecordingAuditTrail } from './recording-audit-trail.js';
import { createRecordingMailOutbox } from './recording-mail-outbox.js';

/** A password that the policy accepts. */
export const GOOD_PASSWORD = 'violet herring over Tuesday';
export const OTHER_PASSWORD = 'nine quiet lamps, one loud';

/** A clock that stands still until it is turned. */
export function createTestClock(start = '2026-11-23T12:00:00.000Z') {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    /** @param seconds how far to turn it */
    turn: (seconds: number): void => {
      now += seconds * 1000;
    },
  } satisfies Clock & { turn(seconds: number): void };
}

/** A hasher that shows what it was asked; `$weak$` hashes need a rehash. */
export function createFakeHasher() {
  const asked: string[] = [];
  const hasher: PasswordHasher & { readonly asked: string[]; overloaded: 'never' | 'hash' | 'verify' } = {
    asked,
    overloaded: 'never',
    async hash(password) {
      asked.push('hash');
      if (hasher.overloaded === 'hash') throw new DomainError('overloaded', 'busy');
      return Promise.resolve(`$fake$${password}`);
    },
    async verify(passwordHash, password) {
      asked.push(passwordHash === undefined ? 'verify decoy' : 'verify');
      if (hasher.overloaded === 'verify') throw new DomainError('overloaded', 'busy');
      return Promise.resolve(passwordHash?.replace(/^\$(fake|weak)\$/, '') === password);
    },
    needsRehash: (passwordHash) => passwordHash.startsWith('$weak$'),
  };
  return hasher;
}

/** A throttle that notes what it is told, and refuses when it is told to. */
export function createFakeThrottle() {
  const notes: string[] = [];
  const note = async (what: string, { subject, network }: LoginAttempt): Promise<void> => {
    notes.push(`${what} ${subject} ${network ?? '-'}`);
    return Promise.resolve();
  };
  const throttle: LoginThrottle & { readonly notes: string[]; wait: number | undefined } = {
    notes,
    wait: undefined,
    async count(attempt) {
      await note('count', attempt);
      return throttle.wait;
    },
    giveBack: (attempt) => note('give back', attempt),
    succeed: (attempt) => note('succeed', attempt),
    purge: () => Promise.resolve(0),
  };
  return throttle;
}

function createInMemorySetupLinks(): SetupLinkStore & {
  link: { hash: Buffer; expiresAt: Date } | undefined;
} {
  const live = (at: Date): boolean => store.link !== undefined && store.link.expiresAt > at;
  const store: ReturnType<typeof createInMemorySetupLinks> = {
    link: undefined,
    async replace(hash, expiresAt) {
      store.link = { hash, expiresAt };
      return Promise.resolve();
    },
    matches: (hash, at) => Promise.resolve(live(at) && store.link?.hash.equals(hash) === true),
    async redeem(hash, at) {
      const redeemed = await store.matches(hash, at);
      if (redeemed) store.link = undefined;
      return redeemed;
    },
    isLive: (at) => Promise.resolve(live(at)),
  };
  return store;
}

/** Everything that the use cases of accounts and administrators take, in memory. */
export function createAccountDeps() {
  const accounts = createInMemoryAccountStore();
  const setupLinks = createInMemorySetupLinks();
  const accountLinks = createInMemoryAccountLinkStore();
  const revoked: string[] = [];
  const artifactRevocation: Stores['artifactRevocation'] = {
    revokeAccount: (id) => {
      accountLinks.links = accountLinks.links.filter(
        ({ accountId, purpose }) => accountId !== id || purpose === 'email_verification',
      );
      return Promise.resolve(revoked.push(id));
    },
    revokeClient: () => Promise.resolve(0),
    revokeEverything: () => Promise.resolve(0),
  };
  const audit = createRecordingAuditTrail();
  const roles = createInMemoryRoleStore();
  const groups = createInMemoryGroupStore(accounts);
  const bulkAccounts = createInMemoryBulkAccountStore(accounts);
  const sessions = createInMemorySessionStore();
  const grants = createInMemoryGrantStore();
  const consents = createInMemoryConsentStore();
  const mailOutbox = createRecordingMailOutbox();
  const registrations = createInMemoryRegistrationStore();
  const invitations = createInMemoryInvitationStore();
  const totp = createInMemoryTotpStore();
  const recoveryCodes = createInMemoryRecoveryCodeStore();
  const rememberedDevices = createInMemoryRememberedDeviceStore();
  const passkeys = createInMemoryPasskeyStore();
  const upstreamLinks = createInMemoryUpstreamLinkStore();
  const upstreamRequests = createInMemoryUpstreamRequestStore();
  const passkeyChallenges = createInMemoryPasskeyChallengeStore();
  const stores = {
    accounts,
    bulkAccounts,
    roles,
    groups,
    sessions,
    grants,
    consents,
    setupLinks,
    accountLinks,
    artifactRevocation,
    passkeys,
    passkeyChallenges,
    upstreamLinks,
    upstreamRequests,
    upstreamSids: createInMemoryUpstreamSidStore(),
    totp,
    recoveryCodes,
    rememberedDevices,
    mailOutbox,
    registrations,
    invitations,
    audit,
  };
  let turn = Promise.resolve();
  const unitOfWork: UnitOfWork<keyof typeof stores> = {
    async run(work) {
      const before = turn;
      let finish: () => void = () => undefined;
      turn = new Promise((resolve) => (finish = resolve));
      await before;
      const saved = {
        records: new Map(accounts.records),
        roles: new Map(roles.records),
        groups: new Map(groups.records),
        memberships: new Set(groups.memberships),
        link: setupLinks.link,
        links: accountLinks.links,
        upstreamLinks: upstreamLinks.links,
        upstreamRequests: upstreamRequests.requests,
        authenticators: totp.authenticators,
        codes: recoveryCodes.codes,
        devices: rememberedDevices.devices,
        revoked: [...revoked],
        entries: [...audit.entries],
        mails: [...mailOutbox.mails],
        registrations: registrations.registrations,
        invitations: invitations.invitations,
        passkeys: passkeys.passkeys,
      };
      try {
        return await work(stores);
      } catch (error) {
        accounts.records = saved.records;
        roles.records = saved.roles;
        groups.records = saved.groups;
        groups.memberships = saved.memberships;
        setupLinks.link = saved.link;
        registrations.registrations = saved.registrations;
        invitations.invitations = saved.invitations;
        accountLinks.links = saved.links;
        upstreamLinks.links = saved.upstreamLinks;
        upstreamRequests.requests = saved.upstreamRequests;
        totp.authenticators = saved.authenticators;
        recoveryCodes.codes = saved.codes;
        rememberedDevices.devices = saved.devices;
        revoked.splice(0, revoked.length, ...saved.revoked);
        passkeys.passkeys = saved.passkeys;
        audit.entries.splice(0, audit.entries.length, ...saved.entries);
        mailOutbox.mails.splice(0, mailOutbox.mails.length, ...saved.mails);
        throw error;
      } finally {
        finish();
      }
    },
  };
  const passwordPolicy: PasswordPolicy = { minLength: 15, productName: 'Latchkey' };
  let tokens = 0;
  return {
    ...stores,
    /** Ids of the accounts whose artifacts were ended. */
    revoked,
    unitOfWork,
    clock: createTestClock(),
    passwordHasher: createFakeHasher(),
    loginThrottle: createFakeThrottle(),
    passwordPolicy,
    recoveryCodeHash: (code: string) => Buffer.from(`code ${code}`),
    rememberedDeviceHash: (token: string) => Buffer.from(`device ${token}`),
    registrationHash: (text: string) => createHmac('sha256', 'registrations').update(text).digest(),
    emailDomains: [] as readonly string[],
    /** A hash that a test can read. */
    loginHash: (login: string) => Buffer.from(`hash of ${login}`),
    randomToken: () => `token-${(tokens += 1)}`,
    issuer: 'https://id.example.com',
  };
}

/** The `DomainError` that work refuses with, for looking at it whole. */
export async function refusalOf(work: Promise<unknown>): Promise<DomainError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** The fields and codes of a refusal's faults, as `field: code`. */
export async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  return (await refusalOf(work)).faults.map(({ field, code }) => `${field}: ${code}`);
}
