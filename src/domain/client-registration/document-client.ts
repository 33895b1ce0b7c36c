import { underProfile } from '../clients/client-profile.js';
import type { ClientRules } from '../clients/client-rules.js';
import { clientFaults } from '../clients/client-rules.js';
import { withClientDefaults } from '../clients/client-registration.js';
import type { Client } from '../clients/client.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import type { JsonObject } from '../json.js';
import { parseUrl } from '../url.js';
import { policyFaults, type RegistrationPolicy } from './registration-policy.js';
import { readRequestedRegistration } from './requested-registration.js';

/** Longer ones are not looked up. */
const MAX_ID_LENGTH = 512;

/**
 * Whether a client id is the address of a document about the client: `https:`, with a path, written in its normal form,
 * without user information and fragment.
 * @see OAuth Client ID Metadata Document (draft 02) §3
 */
export function isDocumentClientId(clientId: string): boolean {
  if (clientId.length > MAX_ID_LENGTH || !clientId.startsWith('https://')) return false;
  const url = parseUrl(clientId);
  return (
    url !== undefined &&
    // Dot segments, user information written away, upper case in the host: each would be another spelling of one client.
    url.href === clientId &&
    url.username === '' &&
    url.password === '' &&
    !clientId.includes('#') &&
    url.pathname !== '/'
  );
}

/**
 * The client that its document tells of: never first-party, never with a secret, since whoever reads the document would
 * have it too.
 * @param document what stands at the address that is its id
 * @throws {DomainError} `invalid_input` with all faults
 * @see OAuth Client ID Metadata Document (draft 02) §4.1
 */
export function documentClient(
  {
    clientId,
    document,
    fetchedAt,
  }: {
    readonly clientId: string;
    readonly document: JsonObject;
    readonly fetchedAt: Date;
  },
  { policy, rules }: { readonly policy: RegistrationPolicy; readonly rules: ClientRules },
): Client {
  const { registration, faults } = readRequestedRegistration(
    { token_endpoint_auth_method: 'none', ...document },
    policy,
  );
  const attributes = withClientDefaults(registration);
  refuseIfFaulty([
    ...identityFaults(clientId, document),
    ...faults,
    ...clientFaults(attributes, rules),
    ...policyFaults(attributes, policy),
  ]);
  const client: Client = {
    ...attributes,
    clientId,
    secrets: [],
    source: 'document',
    selfRegistered: true,
    createdAt: fetchedAt,
    updatedAt: fetchedAt,
  };
  return underProfile(client, rules.profile);
}

function identityFaults(clientId: string, document: JsonObject): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const refuse = (field: string, problem: string): void => {
    faults.push({ field, code: 'invalid_metadata', detail: `${field} ${problem}` });
  };
  if (document['client_id'] !== clientId) refuse('client_id', 'must be the address of the document itself.');
  if (document['client_secret'] !== undefined || document['client_secret_expires_at'] !== undefined) {
    refuse('client_secret', 'must not stand in a document that everybody may read.');
  }
  const method = document['token_endpoint_auth_method'];
  if (method !== undefined && method !== 'none' && method !== 'private_key_jwt') {
    refuse(
      'token_endpoint_auth_method',
      'must be "none" or "private_key_jwt": nobody shares a secret with it.',
    );
  }
  return faults;
}
