import type { ClientDirectory } from '../clients/client-directory.js';
import { sectorOf } from '../clients/client-sector.js';
import type { GrantStore } from '../grants/grant-store.js';
import { LARGEST_PAGE } from '../page.js';
import type { UpstreamLinkStore } from '../upstream/upstream-link-store.js';
import { isAccountId } from './account-id.js';
import type { Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { accountNotFound } from './lock-account.js';
import type { SubjectIdentifier } from './subject-identifier.js';

export interface FindSubjectDeps {
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly upstreamLinks: Pick<UpstreamLinkStore, 'find'>;
  readonly grants: Pick<GrantStore, 'listAccounts'>;
  readonly clientDirectory: Pick<ClientDirectory, 'list'>;
  /** This provider. */
  readonly issuer: string;
  readonly pairwiseSubject: PairwiseSubject;
}

/** The subject by which all clients of a sector know an account. @see OpenID Connect Core 1.0 §8.1 */
export type PairwiseSubject = (sector: string, accountId: string) => string;

/**
 * Finds the account that another system names: by its id, by its email address, by a subject that this provider has told
 * a client, or by the subject of another provider by which its owner signs in here. A pairwise subject is recognised
 * while a client of its sector holds a grant of the account, since nothing but the account leads to it.
 * @throws {DomainError} `not_found`
 */
export async function findSubject(deps: FindSubjectDeps, subject: SubjectIdentifier): Promise<Account> {
  const account = await find(deps, subject);
  if (account === undefined) throw accountNotFound();
  return account;
}

async function find(deps: FindSubjectDeps, subject: SubjectIdentifier): Promise<Account | undefined> {
  const { accounts, upstreamLinks, issuer } = deps;
  const byId = (id: string | undefined) =>
    id !== undefined && isAccountId(id) ? accounts.findById(id) : undefined;
  switch (subject.format) {
    case 'opaque':
      return byId(subject.id);
    case 'email':
      // Without the sign it would be looked up as a username.
      return subject.email.includes('@') ? (await accounts.findByLogin(subject.email))?.account : undefined;
    case 'iss_sub':
      if (subject.iss === issuer)
        return byId(isAccountId(subject.sub) ? subject.sub : await ofPairwise(deps, subject.sub));
      return byId((await upstreamLinks.find(subject.iss, subject.sub))?.accountId);
  }
}

async function ofPairwise(deps: FindSubjectDeps, subject: string): Promise<string | undefined> {
  for (const [sector, clientIds] of await clientsBySector(deps)) {
    const accountIds = await deps.grants.listAccounts(clientIds);
    const found = accountIds.find((accountId) => deps.pairwiseSubject(sector, accountId) === subject);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function clientsBySector({
  clientDirectory,
}: Pick<FindSubjectDeps, 'clientDirectory'>): Promise<ReadonlyMap<string, readonly string[]>> {
  const sectors = new Map<string, string[]>();
  let after: string | undefined;
  do {
    const page = await clientDirectory.list({ limit: LARGEST_PAGE, ...(after !== undefined && { after }) });
    for (const client of page.clients) {
      const sector = client.metadata['subject_type'] === 'pairwise' ? sectorOf(client) : undefined;
      if (sector !== undefined) sectors.set(sector, [...(sectors.get(sector) ?? []), client.clientId]);
    }
    after = page.next;
  } while (after !== undefined);
  return sectors;
}
