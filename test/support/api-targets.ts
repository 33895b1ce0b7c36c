import { randomUUID } from 'node:crypto';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import { createInitialAccessToken } from '../../src/domain/client-registration/create-initial-access-token.js';
import { registerClient } from '../../src/domain/clients/register-client.js';
import { invite } from '../../src/domain/invitations/invite.js';
import { createGroup } from '../../src/domain/groups/create-group.js';
import { createRole } from '../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../src/domain/roles/grantor.js';
import type { ApiServer } from '../http/api/api-server.js';
import type { ApiOperation } from './api-document.js';
import { PASSWORD } from './server-fixture.js';

/** Resources made for one request to act on. */
export interface ApiTargets {
  readonly userId: string;
  readonly groupId: string;
  readonly role: string;
  readonly clientId: string;
  readonly secretId: string;
  readonly invitationId: string;
  readonly registrationTokenId: string;
  readonly mailId: string;
  readonly logoutDeliveryId: string;
}

/** A request that its operation carries out, when the caller may. */
export interface SampleRequest {
  /** Below `/api/v1`, with the query. */
  readonly path: string;
  readonly text: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Of somebody whom other systems name, and who stays. */
const NAMED_EMAIL = 'named@example.test';

/** Makes a user, a group, a role without permissions and a client with a secret, as the operator does. */
export async function makeTargets({ application }: Pick<ApiServer, 'application'>): Promise<ApiTargets> {
  const tag = randomUUID().slice(0, 13);
  const role = `role-${tag}`;
  await createRole(application, OPERATOR, { name: role });
  if (!(await application.stores.accounts.findByLogin(NAMED_EMAIL))) {
    await createAccount(application, { email: NAMED_EMAIL });
  }
  const { id: userId } = await createAccount(application, { email: `${tag}@example.test` });
  const { id: groupId } = await createGroup(application, OPERATOR, { name: `Group ${tag}` });
  const { client } = await registerClient(
    { ...application, declaredClientIds: new Set() },
    { name: `Client ${tag}`, type: 'service' },
  );
  const { id: invitationId } = await invite(
    { ...application, accounts: application.stores.accounts },
    { email: `invited-${tag}@example.test` },
  );
  const { token } = await createInitialAccessToken(application, { name: tag, grantor: OPERATOR });
  const secretId = client.secrets[0]?.id ?? '';
  const logo = { type: 'image/svg+xml', bytes: Buffer.from('<svg/>') } as const;
  await application.stores.clientLogos.put(client.clientId, logo, new Date());
  const mailId = await makeDeadMail(application);
  const logoutDeliveryId = randomUUID();
  const now = new Date();
  await application.database.knex('logout_deliveries').insert({
    id: logoutDeliveryId,
    client_id: client.clientId,
    account_id: userId,
    state: 'dead',
    next_attempt_at: now,
    created_at: now,
  });
  return {
    userId,
    groupId,
    role,
    clientId: client.clientId,
    secretId,
    invitationId,
    registrationTokenId: token.id,
    mailId,
    logoutDeliveryId,
  };
}

/** A mail that was given up. Nobody can read it, so that trying again sends nothing. */
async function makeDeadMail({ database }: ApiServer['application']): Promise<string> {
  const id = randomUUID();
  const now = new Date();
  await database.knex('mail_outbox').insert({
    id,
    kind: 'email-verification',
    recipient_hash: Buffer.alloc(32),
    sealed_payload: Buffer.alloc(64),
    state: 'dead',
    attempts: 9,
    created_at: now,
    next_attempt_at: now,
    expires_at: new Date(now.getTime() + 3_600_000),
    settled_at: now,
  });
  return id;
}

/** Bodies that are accepted, by operation: what only the meaning of the members tells, and no schema. */
const BODIES: Readonly<Record<string, () => unknown>> = {
  updateOwnUser: () => ({ nickname: 'Ace' }),
  createUser: () => ({ email: `${randomUUID()}@example.test` }),
  updateUser: () => ({ nickname: 'Ace', disabled: true }),
  setUserPassword: () => ({ password: PASSWORD }),
  createClient: () => ({ client_name: 'New', type: 'service' }),
  updateClient: () => ({ client_name: 'Renamed' }),
  createClientSecret: () => ({}),
  putClientLogo: () => '<svg xmlns="http://www.w3.org/2000/svg"/>',
  createRegistrationToken: () => ({ name: 'Partner', max_uses: 2 }),
  createRole: () => ({ name: `made-${randomUUID()}` }),
  updateRole: () => ({ description: 'Changed' }),
  createGroup: () => ({ name: `Made ${randomUUID()}` }),
  updateGroup: () => ({ description: 'Changed' }),
  rotateKeys: () => ({ algorithms: ['ES256'], immediately: true }),
  createSignInLink: () => ({}),
  createPasswordResetLink: () => ({}),
  createEmailVerificationLink: () => ({}),
  createInvitation: () => ({ email: `${randomUUID()}@example.test` }),
  revokeGlobally: () => ({ sub_id: { format: 'email', email: NAMED_EMAIL } }),
  importUsers: () => ({ email: `${randomUUID()}@example.test` }),
};

/** The body that its operation accepts; undefined: it takes none. @throws {Error} for an operation that is not known here */
export function sampleBody({ id, body }: ApiOperation): unknown {
  if (!body) return undefined;
  const make = BODIES[id];
  if (!make) throw new Error(`Add a body that ${id} accepts.`);
  return make();
}

/** A request that the operation carries out on these targets. @throws {Error} for a parameter that is not known here */
export function sampleRequest(operation: ApiOperation, targets: ApiTargets): SampleRequest {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(pathParameter(operation, name, targets)),
  );
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name }) => {
      if (name !== 'user_id') throw new Error(`Say what ${operation.id} takes as ${name}.`);
      return `user_id=${targets.userId}`;
    });
  const body = sampleBody(operation);
  return {
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    text: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    headers: operation.body ? { 'content-type': operation.body.type } : {},
  };
}

function pathParameter({ id, path }: ApiOperation, name: string, targets: ApiTargets): string {
  const owner = path.split('/')[1] ?? '';
  const known: Readonly<Record<string, string | undefined>> = {
    user_id: targets.userId,
    client_id: targets.clientId,
    secret_id: targets.secretId,
    role: targets.role,
    name: targets.role,
    session_id: 'none',
    link_id: 'none',
    credential_id: 'totp',
    kid: 'none',
    ...(name === 'id' && {
      id: {
        users: targets.userId,
        groups: targets.groupId,
        clients: targets.clientId,
        sessions: 'none',
        'logout-deliveries': targets.logoutDeliveryId,
        invitations: targets.invitationId,
        'registration-tokens': targets.registrationTokenId,
        mails: targets.mailId,
      }[owner],
    }),
  };
  const value = known[name];
  if (value === undefined) throw new Error(`Say what ${id} takes as ${name}.`);
  return value;
}
