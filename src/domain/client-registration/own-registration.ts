import type { Client } from '../clients/client.js';
import type { ClientStore } from '../clients/client-store.js';
import { deleteClient } from '../clients/delete-client.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import {
  hashRegistrationAccessToken,
  type ClientRegistrationStore,
  type OwnRegistration,
} from './client-registration-store.js';
import { within, type RegistrationStores } from './registration-deps.js';

/** Whoever looks after the registration of a client: the client, by its token. */
export interface RegistrationHolder {
  readonly clientId: string;
  /** As it was presented; absent: none was. */
  readonly registrationAccessToken: string | undefined;
}

/**
 * Finds the registration for which the token is.
 * @throws {DomainError} `registration_access_token_invalid`, also where there is no such client
 * @see RFC 7592 §2
 */
export async function authenticateHolder(
  registrations: Pick<ClientRegistrationStore, 'find'>,
  { clientId, registrationAccessToken }: RegistrationHolder,
): Promise<OwnRegistration> {
  const found = registrationAccessToken === undefined ? undefined : await registrations.find(clientId);
  if (!found || !found.accessTokenHash.equals(hashRegistrationAccessToken(registrationAccessToken ?? ''))) {
    throw holderInvalid();
  }
  return found;
}

/**
 * The client as it is registered.
 * @throws {DomainError} `registration_access_token_invalid`
 * @see RFC 7592 §2.1
 */
export async function readOwnRegistration(
  deps: {
    readonly clients: Pick<ClientStore, 'find'>;
    readonly clientRegistrations: Pick<ClientRegistrationStore, 'find'>;
  },
  holder: RegistrationHolder,
): Promise<Client> {
  await authenticateHolder(deps.clientRegistrations, holder);
  const client = await deps.clients.find(holder.clientId);
  if (client === undefined) throw holderInvalid();
  return client;
}

/**
 * Deletes the client, with all that it holds, at its own wish.
 * @throws {DomainError} `registration_access_token_invalid`
 * @see RFC 7592 §2.3
 */
export async function deleteOwnRegistration(
  deps: {
    readonly unitOfWork: UnitOfWork<RegistrationStores>;
    readonly declaredClientIds: ReadonlySet<string>;
  },
  holder: RegistrationHolder,
): Promise<void> {
  await deps.unitOfWork.run(async (stores) => {
    await authenticateHolder(stores.clientRegistrations, holder);
    await deleteClient({ ...deps, unitOfWork: within(stores) }, holder.clientId);
  });
}

/** One refusal for every reason, so that nobody learns which clients there are. */
export function holderInvalid(): DomainError {
  return new DomainError(
    'registration_access_token_invalid',
    'The registration access token is missing, or is not the current one of this client.',
  );
}
