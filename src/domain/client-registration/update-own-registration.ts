import { addClientSecret } from '../clients/add-client-secret.js';
import { usesSecret } from '../clients/client-defaults.js';
import { clientFaults } from '../clients/client-rules.js';
import { isLive, matchesLiveSecret } from '../clients/client-secret-hasher.js';
import type { ClientStore } from '../clients/client-store.js';
import type { Client } from '../clients/client.js';
import { applyChanges, updateClient, type ClientChanges } from '../clients/update-client.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { UnitOfWork } from '../unit-of-work.js';
import {
  hashRegistrationAccessToken,
  REGISTRATION_ACCESS_TOKEN_PREFIX,
} from './client-registration-store.js';
import {
  authenticateHolder,
  holderInvalid,
  readOwnRegistration,
  type RegistrationHolder,
} from './own-registration.js';
import type { RegisteredOwnClient } from './register-own-client.js';
import { within, type RegistrationDeps, type RegistrationStores } from './registration-deps.js';
import { applyPolicyPart, policyFaults } from './registration-policy.js';
import { NOT_FOR_APPLICATIONS, readRequestedRegistration } from './requested-registration.js';

/** What a client is told, and must not tell. @see RFC 7592 §2.2 */
const TOLD_BY_SERVER = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const;

/** The fault of a request that is none, whatever metadata it carries. */
export const REQUEST_INVALID = 'request_invalid';

/**
 * Puts other metadata in place of what the client has registered, and another token in place of the presented one. What
 * those who administer have decided about it stays.
 * @throws {DomainError} `registration_access_token_invalid`, `invalid_input` with all faults
 * @see RFC 7592 §2.2
 */
export async function updateOwnRegistration(
  deps: RegistrationDeps & {
    readonly unitOfWork: UnitOfWork<RegistrationStores>;
    readonly clients: Pick<ClientStore, 'find'>;
  },
  holder: RegistrationHolder,
  metadata: JsonObject,
): Promise<RegisteredOwnClient> {
  const { policy: part, accessTokenHash } = await authenticateHolder(deps.clientRegistrations, holder);
  const before = await readOwnRegistration(deps, holder);
  refuseIfFaulty(requestFaults(deps, before, metadata));
  const policy = applyPolicyPart(deps.settings.policy, part);
  const { registration, faults } = readRequestedRegistration(metadata, policy, before.type);
  const changesOf = (client: Client): ClientChanges => ({
    name: registration.name,
    redirectUris: registration.redirectUris,
    postLogoutRedirectUris: registration.postLogoutRedirectUris,
    backchannelLogoutUri: registration.backchannelLogoutUri ?? null,
    scopes: registration.scopes,
    metadata: { ...emptied(client.metadata), ...registration.metadata },
  });
  const after = applyChanges(before, changesOf(before), deps.clock.now());
  refuseIfFaulty([...faults, ...clientFaults(after, deps), ...policyFaults(after, policy)]);
  refuseIfFaulty(await deps.protocolFaults(after));

  const registrationAccessToken = `${REGISTRATION_ACCESS_TOKEN_PREFIX}${deps.randomToken()}`;
  return deps.unitOfWork.run(async (stores) => {
    const next = hashRegistrationAccessToken(registrationAccessToken);
    if (!(await stores.clientRegistrations.replaceAccessToken(holder.clientId, accessTokenHash, next))) {
      throw holderInvalid();
    }
    const parts = { ...deps, unitOfWork: within(stores) };
    const client = await updateClient(parts, { clientId: holder.clientId, changes: changesOf });
    const lacksSecret =
      usesSecret(client) && !client.secrets.some((secret) => isLive(secret, deps.clock.now()));
    if (!lacksSecret) return { client, secret: undefined, registrationAccessToken };
    const added = await addClientSecret(parts, holder.clientId);
    return { client: added.client, secret: added.secret, registrationAccessToken };
  });
}

function requestFaults(
  deps: Pick<RegistrationDeps, 'clientSecretHasher' | 'clock'>,
  client: Client,
  metadata: JsonObject,
): readonly FieldFault[] {
  const faults = TOLD_BY_SERVER.filter((key) => metadata[key] !== undefined).map((key) =>
    fault(key, 'must not be sent: this provider tells it.'),
  );
  if (metadata['client_id'] !== client.clientId) {
    faults.push(fault('client_id', 'must be the id of the client.'));
  }
  const secret: JsonValue | undefined = metadata['client_secret'];
  if (
    secret !== undefined &&
    !(
      typeof secret === 'string' &&
      matchesLiveSecret(deps.clientSecretHasher, client.secrets, secret, deps.clock.now())
    )
  ) {
    faults.push(fault('client_secret', 'must be the current secret of the client, or left out.'));
  }
  return faults;
}

/** Everything that the client has told goes, unless it tells it again; what those who administer have told stays. */
function emptied(metadata: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.keys(metadata)
      .filter((key) => !NOT_FOR_APPLICATIONS.has(key))
      .map((key) => [key, null]),
  );
}

function fault(field: string, problem: string): FieldFault {
  return { field, code: REQUEST_INVALID, detail: `${field} ${problem}` };
}
