import type { ClientDirectory } from '../clients/client-directory.js';
import type { Client } from '../clients/client.js';
import { DomainError, type FieldFault } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import { issueAccountLink, type IssueAccountLinkDeps, type IssuedAccountLink } from './issue-account-link.js';

export interface IssueSignInLinkDeps extends IssueAccountLinkDeps {
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
}

/**
 * Makes a link by which the owner of an account signs in once, without a password.
 * @param id the account's id
 * @param options.clientId the client to go on to; absent: whichever the owner opens
 * @param options.grantor who asks for it on behalf of the owner; absent: the operator
 * @throws {DomainError} `invalid_input` naming `client_id`, `not_found`, `account_disabled`, `insufficient_rights` for an
 *   account that may do more than the grantor
 */
export async function issueSignInLink(
  deps: IssueSignInLinkDeps,
  id: string,
  {
    clientId,
    grantor,
  }: { readonly clientId?: string | undefined; readonly grantor?: Grantor | undefined } = {},
): Promise<IssuedAccountLink> {
  if (clientId !== undefined) await findClientOfLink(deps, clientId);
  return issueAccountLink(deps, 'sign_in', id, grantor, clientId);
}

/** @throws {DomainError} `invalid_input` naming `client_id` */
export async function findClientOfLink(
  { clientDirectory }: Pick<IssueSignInLinkDeps, 'clientDirectory'>,
  clientId: string,
): Promise<Client> {
  const client = await clientDirectory.find(clientId);
  if (client) return client;
  throw new DomainError('invalid_input', CLIENT_UNKNOWN.detail, [CLIENT_UNKNOWN]);
}

const CLIENT_UNKNOWN: FieldFault = {
  field: 'client_id',
  code: 'client_unknown',
  detail: 'There is no such client. Name one that exists, or none.',
};
