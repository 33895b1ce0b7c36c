import {
  LostUpdateError,
  type AccountFilter,
  type AccountRecord,
  type AccountStore,
} from '../../src/domain/accounts/account-store.js';
import { firstAccountId } from '../../src/domain/accounts/account-id.js';
import { searchesBeginnings } from '../../src/domain/accounts/account-search.js';
import { effectiveRolesOf, isUsable, type Account } from '../../src/domain/accounts/account.js';
import { normalizeLogin, normalizeTypedLogin } from '../../src/domain/accounts/normalize-login.js';
import { DomainError } from '../../src/domain/errors.js';

export type InMemoryAccountStore = AccountStore & {
  /** What is stored, by id; a unit of work puts it back when its work fails. */
  records: Map<string, AccountRecord>;
};

/** Accounts in memory, with the behaviour that the conformance suite asks of every store. */
export function createInMemoryAccountStore(): InMemoryAccountStore {
  const find = (matches: (account: Account) => boolean): AccountRecord | undefined =>
    [...store.records.values()].find(({ account }) => matches(account));

  const refuseTaken = (account: Account): void => {
    for (const field of ['email', 'username'] as const) {
      const value = account[field];
      if (value === undefined) continue;
      const wanted = normalizeLogin(value);
      const same = (other: Account): boolean =>
        other.id !== account.id && normalizeLogin(other[field] ?? '') === wanted;
      if (find(same) === undefined) continue;
      throw new DomainError('already_exists', 'taken', [{ field, code: 'taken', detail: 'taken' }]);
    }
  };

  const existing = (id: string): AccountRecord => {
    const record = store.records.get(id);
    if (record === undefined) throw new DomainError('not_found', 'There is no such account.');
    return record;
  };

  const matching = ({ search, email, username, disabled, createdAfter }: AccountFilter): Account[] => {
    const isSame = (one: string | undefined, other: string): boolean =>
      one !== undefined && normalizeLogin(one) === normalizeLogin(other);
    return [...store.records.values()]
      .map(({ account }) => account)
      .filter(
        (account) =>
          (search === undefined ||
            searchText(account).includes((searchesBeginnings(search) ? ' ' : '') + search.toLowerCase())) &&
          (email === undefined || isSame(account.email, email)) &&
          (username === undefined || isSame(account.username, username)) &&
          (disabled === undefined || account.disabled === disabled) &&
          (createdAfter === undefined || account.id >= firstAccountId(createdAfter)),
      );
  };

  const asynchronously =
    <Args extends unknown[], Result>(work: (...args: Args) => Result) =>
    async (...args: Args): Promise<Result> =>
      Promise.resolve(work(...args));

  const store: InMemoryAccountStore = {
    records: new Map(),
    findById: asynchronously((id: string) => store.records.get(id)?.account),
    findForUpdate: asynchronously((id: string) => store.records.get(id)?.account),
    findByLogin: asynchronously((login: string) => {
      const normalized = normalizeTypedLogin(login);
      if (normalized === undefined) return undefined;
      return normalized.includes('@')
        ? find(({ email }) => normalizeLogin(email) === normalized)
        : find(({ username }) => username !== undefined && normalizeLogin(username) === normalized);
    }),
    list: asynchronously((query) => {
      const { limit, after, newestFirst = false } = query;
      const order = newestFirst ? -1 : 1;
      const found = matching(query)
        .filter(({ id }) => after === undefined || (newestFirst ? id < after : id > after))
        .sort((one, other) => (one.id < other.id ? -order : order));
      const accounts = found.slice(0, limit);
      return { accounts, next: found.length > limit ? accounts.at(-1)?.id : undefined };
    }),
    count: asynchronously((filter: AccountFilter, atMost: number) => {
      const count = matching(filter).length;
      return { count: Math.min(count, atMost), isCapped: count > atMost };
    }),
    insert: asynchronously((record: AccountRecord) => {
      refuseTaken(record.account);
      store.records.set(record.account.id, record);
    }),
    update: asynchronously((account: Account) => {
      const before = existing(account.id);
      if (before.account.version !== account.version - 1) throw new LostUpdateError();
      refuseTaken(account);
      const { groups, passwordTemporary } = before.account;
      const effectiveRoles = effectiveRolesOf({ ...account, groups });
      store.records.set(account.id, {
        ...before,
        account: withPasswordTemporary({ ...account, groups, effectiveRoles }, passwordTemporary),
      });
    }),
    setPasswordHash: asynchronously((id: string, passwordHash: string, temporary?: boolean) => {
      const { account } = existing(id);
      store.records.set(id, { account: withPasswordTemporary(account, temporary), passwordHash });
    }),
    replacePasswordHash: asynchronously((id: string, expected: string, passwordHash: string) => {
      const record = store.records.get(id);
      if (record?.passwordHash !== expected) return false;
      store.records.set(id, { ...record, passwordHash });
      return true;
    }),
    remove: asynchronously((id: string) => store.records.delete(id)),
    listDeletionDue: asynchronously((at: Date, limit: number) =>
      [...store.records.values()]
        .flatMap(({ account: { id, deletionDueAt } }) =>
          deletionDueAt === undefined ? [] : { id, deletionDueAt },
        )
        .filter(({ deletionDueAt }) => deletionDueAt <= at)
        .sort((one, other) => one.deletionDueAt.getTime() - other.deletionDueAt.getTime())
        .slice(0, limit)
        .map(({ id }) => id),
    ),
    countEnabledWithRole: asynchronously(
      (role: string) =>
        [...store.records.values()].filter(
          ({ account }) => isUsable(account) && account.effectiveRoles.includes(role),
        ).length,
    ),
  };
  return store;
}

function withPasswordTemporary(
  { passwordTemporary: _before, ...account }: Account,
  temporary: boolean | undefined,
): Account {
  return { ...account, ...(temporary && { passwordTemporary: true }) };
}

function searchText({ email, username, profile }: Account): string {
  return ['', email, username ?? '', profile.name ?? '', profile.givenName ?? '', profile.familyName ?? '']
    .join(' ')
    .toLowerCase();
}
