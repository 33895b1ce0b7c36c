import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { authenticateEndUser } from '../../../src/domain/accounts/authenticate-end-user.js';
import { changePassword } from '../../../src/domain/accounts/change-password.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { deleteAccount } from '../../../src/domain/accounts/delete-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { updateOwnAccount } from '../../../src/domain/accounts/update-own-account.js';
import { issueSetupLink } from '../../../src/domain/administrators/issue-setup-link.js';
import { redeemSetupLink } from '../../../src/domain/administrators/redeem-setup-link.js';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.js';
import { deleteClient } from '../../../src/domain/clients/delete-client.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { rotateClientSecret } from '../../../src/domain/clients/rotate-client-secret.js';
import { updateClient } from '../../../src/domain/clients/update-client.js';
import { denyConsent } from '../../../src/domain/consents/deny-consent.js';
import { grantConsent } from '../../../src/domain/consents/grant-consent.js';
import { ensureSigningKeys } from '../../../src/domain/signing-keys/ensure-signing-keys.js';
import { rotateSigningKeys } from '../../../src/domain/signing-keys/rotate-signing-keys.js';
import type { Stores } from '../../../src/domain/unit-of-work.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { signingKeyGenerator } from '../../../src/security/signing-key-generator.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { createArtifactRevocation } from '../../../src/storage/postgres/artifact-revocation.js';
import type { AuditAppender } from '../../../src/storage/postgres/audit-trail.js';
import { createClientStore } from '../../../src/storage/postgres/client-store.js';
import { createConsentStore } from '../../../src/storage/postgres/consent-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createPostgresUnitsOfWork } from '../../../src/storage/postgres/postgres-unit-of-work.js';
import { createRoleStore } from '../../../src/storage/postgres/role-store.js';
import { createSetupLinkStore } from '../../../src/storage/postgres/setup-link-store.js';
import { createSigningKeyStore } from '../../../src/storage/postgres/signing-key-store.js';
import { createAccountDeps, GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';
import { openAuditLog } from '../../support/audit-log.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { createRecordingMailOutbox } from '../../support/recording-mail-outbox.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

type AuditedStores = Pick<
  Stores,
  | 'accounts'
  | 'roles'
  | 'setupLinks'
  | 'clients'
  | 'consents'
  | 'signingKeys'
  | 'artifactRevocation'
  | 'mailOutbox'
  | 'audit'
>;

const sealer = createSealedBox(randomBytes(32));
let database: TestDatabase;
let knex: Knex;
let log: ReturnType<typeof openAuditLog>;

beforeEach(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 4, applicationName: 'test' });
  log = openAuditLog(knex, createAccountDeps().clock);
});

afterEach(async () => {
  await knex.destroy();
  await database.drop();
});

const storesOn = (connection: Knex, audit: Stores['audit']): AuditedStores => ({
  accounts: createAccountStore(connection),
  roles: createRoleStore(connection),
  setupLinks: createSetupLinkStore(connection),
  clients: createClientStore(connection),
  consents: createConsentStore(connection),
  signingKeys: createSigningKeyStore(connection, sealer),
  artifactRevocation: createArtifactRevocation(connection),
  mailOutbox: createRecordingMailOutbox(),
  audit,
});

/** What every use case takes, over PostgreSQL. */
function depsWith(appender: AuditAppender) {
  const stores = storesOn(knex, { record: () => undefined });
  return {
    ...createClientUseCaseDeps(),
    ...createAccountDeps(),
    ...stores,
    signingKeyGenerator,
    signingKeyPlan: { publishSeconds: 0, rotationSeconds: undefined, retentionSeconds: 0 },
    unitOfWork: createPostgresUnitsOfWork(knex, storesOn, appender).from({ actor: { kind: 'operator' } }),
  };
}

type Deps = ReturnType<typeof depsWith>;

const createUser = (deps: Deps) =>
  createAccount(deps, { email: 'ada@example.com', username: 'ada', password: GOOD_PASSWORD });
const createClient = (deps: Deps) =>
  registerClient(deps, {
    clientId: 'shop',
    name: 'Shop',
    type: 'web',
    redirectUris: ['https://shop.example.com/callback'],
  });
const signIn = (deps: Deps, username: string, password: string) =>
  authenticateEndUser(deps, { username, password, clientId: 'shop' }).catch((error: unknown) => {
    // The refusal itself is another test's business; a failure to tell the log is ours.
    if (!(error instanceof Error && error.message.startsWith('The username'))) throw error;
  });

interface Case {
  /** Puts the deployment into the state before; answers the id of what is changed. */
  readonly before?: (deps: Deps) => Promise<string | undefined>;
  readonly change: (deps: Deps, id: string) => Promise<unknown>;
  readonly events: readonly (Partial<AuditEvent> & Pick<AuditEvent, 'type'>)[];
}

const user = async (deps: Deps): Promise<string> => (await createUser(deps)).id;
const client = async (deps: Deps): Promise<string> => (await createClient(deps)).client.clientId;
const link = async (deps: Deps): Promise<string> => {
  const { url } = await issueSetupLink(deps, { automatic: false });
  return url.slice(url.indexOf('#') + 1);
};
const consent = (accountId: string) => ({
  accountId,
  clientId: 'shop',
  scopes: ['openid'],
  claims: [],
  resourceScopes: { 'https://api.example.com': ['orders:read'] },
});

const CASES: Readonly<Record<string, Case>> = {
  createAccount: {
    change: createUser,
    events: [{ type: 'user.created', details: { roles: [], can_use_password: true } }],
  },
  updateAccount: {
    before: user,
    change: (deps, id) =>
      updateAccount(deps, id, {
        email: 'ada@example.org',
        emailVerified: true,
        profile: { givenName: 'Ada', address: { locality: 'London' } },
        roles: ['admin'],
      }),
    events: [
      {
        type: 'user.updated',
        details: {
          changed: ['email', 'email_verified', 'given_name', 'address.locality', 'roles'],
          roles_added: ['admin'],
        },
      },
    ],
  },
  updateOwnAccount: {
    before: user,
    change: (deps, id) => updateOwnAccount(deps, id, { username: null }),
    events: [{ type: 'user.updated', details: { changed: ['username'] } }],
  },
  'setAccountDisabled, true': {
    before: user,
    change: (deps, id) => setAccountDisabled(deps, id, true),
    events: [{ type: 'user.disabled', details: { ended: 0 } }],
  },
  'setAccountDisabled, false': {
    before: async (deps) => {
      const id = await user(deps);
      await setAccountDisabled(deps, id, true);
      return id;
    },
    change: (deps, id) => setAccountDisabled(deps, id, false),
    events: [{ type: 'user.enabled' }],
  },
  deleteAccount: {
    before: user,
    change: (deps, id) => deleteAccount(deps, id),
    events: [{ type: 'user.deleted', details: { ended: 0 } }],
  },
  changePassword: {
    before: user,
    change: (deps, id) => changePassword(deps, id, OTHER_PASSWORD),
    events: [{ type: 'password.changed', details: { ended: 0 } }],
  },
  issueSetupLink: {
    change: (deps) => issueSetupLink(deps, { automatic: true }),
    events: [{ type: 'setup_link.issued', details: { automatic: true } }],
  },
  redeemSetupLink: {
    before: link,
    change: (deps, token) =>
      redeemSetupLink(deps, { token, email: 'root@example.com', password: OTHER_PASSWORD }),
    events: [{ type: 'administrator.set_up', details: { account_created: true } }],
  },
  'authenticateEndUser, right': {
    before: user,
    change: (deps) => signIn(deps, 'ada', GOOD_PASSWORD),
    events: [{ type: 'sign_in.succeeded', clientId: 'shop', details: { method: 'password' } }],
  },
  'authenticateEndUser, wrong password': {
    before: user,
    change: (deps) => signIn(deps, 'ada', OTHER_PASSWORD),
    events: [{ type: 'sign_in.failed', clientId: 'shop', details: expectReason('wrong_password', 'ada') }],
  },
  'authenticateEndUser, unknown name': {
    change: (deps) => signIn(deps, ' Nobody ', OTHER_PASSWORD),
    events: [
      {
        type: 'sign_in.failed',
        subject: undefined,
        clientId: 'shop',
        details: expectReason('unknown_login', 'nobody'),
      },
    ],
  },
  registerClient: {
    change: createClient,
    events: [{ type: 'client.created', clientId: 'shop', details: { type: 'web' } }],
  },
  updateClient: {
    before: client,
    change: (deps, clientId) =>
      updateClient(deps, {
        clientId,
        changes: { name: 'Store', metadata: { client_uri: 'https://shop.example.com' } },
      }),
    events: [{ type: 'client.updated', clientId: 'shop', details: { changed: ['name', 'metadata'] } }],
  },
  rotateClientSecret: {
    before: client,
    change: (deps, clientId) => rotateClientSecret(deps, { clientId }),
    events: [{ type: 'client.secret_rotated', clientId: 'shop' }],
  },
  deleteClient: {
    before: client,
    change: deleteClient,
    events: [{ type: 'client.deleted', clientId: 'shop', details: { ended: 0 } }],
  },
  grantConsent: {
    before: user,
    change: (deps, id) => grantConsent(deps, consent(id)),
    events: [
      {
        type: 'consent.granted',
        clientId: 'shop',
        details: {
          scopes: ['openid'],
          claims: [],
          resource_scopes: { 'https://api.example.com': ['orders:read'] },
        },
      },
    ],
  },
  denyConsent: {
    before: user,
    change: (deps, id) => denyConsent(deps, { accountId: id, clientId: 'shop' }),
    events: [{ type: 'consent.denied', clientId: 'shop' }],
  },
  ensureSigningKeys: {
    change: ensureSigningKeys,
    events: ['EdDSA', 'ES256', 'RS256'].map((algorithm) => ({
      type: 'signing_key.created',
      details: { algorithm },
    })),
  },
  rotateSigningKeys: {
    before: async (deps) =>
      (await ensureSigningKeys(deps)).find(({ algorithm }) => algorithm === 'ES256')?.kid,
    change: (deps) => rotateSigningKeys(deps, { algorithms: ['ES256'] }),
    events: [{ type: 'signing_key.rotated', details: { algorithm: 'ES256', retired: [expect.any(String)] } }],
  },
};

function expectReason(reason: string, login: string) {
  return { method: 'password', reason, login_hash: Buffer.from(`hash of ${login}`).toString('base64url') };
}

/** All rows of all tables, so that any change shows. */
async function everything(): Promise<unknown> {
  const tables = ['accounts', 'account_roles', 'setup_links', 'clients', 'client_secrets', 'consents'];
  return Promise.all(
    [...tables, 'signing_keys', 'audit_events', 'audit_chain'].map((table) => knex(table).select('*')),
  );
}

describe.each(Object.entries(CASES))('%s', (_, { before, change, events }) => {
  test('tells the audit log (S74)', async () => {
    const deps = depsWith(log.appender);
    const id = (await before?.(deps)) ?? '';
    const already = (await log.reader.list({ limit: 200 })).events.length;
    await change(deps, id);
    const told = (await log.reader.list({ limit: 200 })).events;
    expect(told.slice(0, told.length - already)).toMatchObject(events);
    expect(await log.reader.verify()).toMatchObject({ intact: true });

    const dump = JSON.stringify(await knex('audit_events').select('*'));
    const secrets = [
      GOOD_PASSWORD,
      OTHER_PASSWORD,
      'token-',
      'lk_cs_',
      'Nobody',
      'nobody',
      '"d"',
      'example.org',
    ];
    for (const secret of secrets) expect(dump).not.toContain(secret);
  });

  test('changes nothing when the audit log cannot be told (S74)', async () => {
    const id = (await before?.(depsWith(log.appender))) ?? '';
    const state = await everything();
    const mute = depsWith({ append: () => Promise.reject(new Error('the audit log is full')) });
    await expect(change(mute, id)).rejects.toThrow('the audit log is full');
    expect(await everything()).toEqual(state);
  });
});
