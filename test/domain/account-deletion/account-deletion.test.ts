import { cancelAccountDeletion } from '../../../src/domain/account-deletion/cancel-account-deletion.js';
import { deleteDueAccounts } from '../../../src/domain/account-deletion/delete-due-accounts.js';
import { requestAccountDeletion } from '../../../src/domain/account-deletion/request-account-deletion.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { GOOD_PASSWORD, refusalOf } from '../../support/account-deps.js';
import { createOwnAccountDeps } from '../../support/own-account-deps.js';

const DAY = 86_400;

async function start(deletionGraceDays = 7) {
  const deps = { ...createOwnAccountDeps(), deletionGraceDays };
  let made = 0;
  const person = async (roles: readonly string[] = []): Promise<Account> =>
    createAccount(deps, {
      email: `jo${(made += 1)}@example.com`,
      password: GOOD_PASSWORD,
      roles: [...roles],
    });
  return { ...deps, person, jo: await person() };
}

describe('the deletion of an account', () => {
  it('comes after the days of grace, with a notice at both ends', async () => {
    const deps = await start();
    const { jo, accounts, clock, mails, audit, revoked } = deps;
    await requestAccountDeletion(deps, jo.id);
    clock.turn(7 * DAY - 1);
    expect(await deleteDueAccounts(deps)).toBe(0);
    clock.turn(1);
    expect(await deleteDueAccounts(deps)).toBe(1);
    expect(await accounts.findById(jo.id)).toBeUndefined();
    expect(revoked).toEqual([jo.id, jo.id]);
    expect(mails.map(({ values, accountId }) => [values, accountId])).toMatchObject([
      [{ notice: 'deletion_requested' }, jo.id],
      [{ notice: 'account_deleted', link: 'https://id.example.com/account' }, undefined],
    ]);
    expect(audit.entries.slice(-2)).toMatchObject([
      { type: 'user.deletion_requested', actor: { kind: 'user', id: jo.id } },
      { type: 'user.deleted', actor: { kind: 'system' }, details: { wished_by_owner: true } },
    ]);
  });

  it('comes at once where there is no grace', async () => {
    const deps = await start(0);
    expect(await requestAccountDeletion(deps, deps.jo.id)).toBeUndefined();
    expect(await deps.accounts.findById(deps.jo.id)).toBeUndefined();
    expect(deps.mails).toMatchObject([{ values: { notice: 'account_deleted' } }]);
  });

  it('keeps its first date when it is asked for again', async () => {
    const deps = await start();
    const first = await requestAccountDeletion(deps, deps.jo.id);
    deps.clock.turn(DAY);
    expect(await requestAccountDeletion(deps, deps.jo.id)).toEqual(first);
    expect(deps.mails).toHaveLength(1);
  });

  it('does not come once it was cancelled, also when it had become due', async () => {
    const deps = await start();
    await requestAccountDeletion(deps, deps.jo.id);
    deps.clock.turn(8 * DAY);
    // Found due, and kept before its turn comes.
    const listDeletionDue = async (): Promise<readonly string[]> => {
      const due = await deps.accounts.listDeletionDue(deps.clock.now(), 10);
      await cancelAccountDeletion(deps, deps.jo.id);
      return due;
    };
    expect(await deleteDueAccounts({ ...deps, accounts: { listDeletionDue } })).toBe(0);
    expect((await deps.accounts.findById(deps.jo.id))?.deletionDueAt).toBeUndefined();
    expect(deps.mails.at(-1)).toMatchObject({ values: { notice: 'deletion_cancelled' } });
  });

  it('happens once, however many processes look after it', async () => {
    const deps = await start();
    await requestAccountDeletion(deps, deps.jo.id);
    deps.clock.turn(8 * DAY);
    const counts = await Promise.all([1, 2, 3].map(() => deleteDueAccounts(deps)));
    expect(counts.sort()).toEqual([0, 0, 1]);
    expect(deps.mails).toHaveLength(2);
  });

  it('that waits for nothing is cancelled without a word', async () => {
    const deps = await start();
    const before = await deps.accounts.findById(deps.jo.id);
    expect(await cancelAccountDeletion(deps, deps.jo.id)).toEqual(before);
    expect(deps.mails).toEqual([]);
  });

  it('is refused to the last administrator, also when another one waits for theirs (S64)', async () => {
    const deps = await start();
    const one = await deps.person(['admin']);
    expect((await refusalOf(requestAccountDeletion(deps, one.id))).code).toBe('last_administrator');
    const other = await deps.person(['admin']);
    await requestAccountDeletion(deps, one.id);
    expect((await refusalOf(requestAccountDeletion(deps, other.id))).code).toBe('last_administrator');
    deps.clock.turn(8 * DAY);
    expect(await deleteDueAccounts(deps)).toBe(1);
    expect(await deps.accounts.findById(one.id)).toBeUndefined();
  });

  it('of an account that may do more is not cancelled by whoever may do less', async () => {
    const deps = await start();
    const [one] = [await deps.person(['admin']), await deps.person(['admin'])];
    await requestAccountDeletion(deps, one.id);
    const grantor = { permissions: new Set<never>() };
    expect((await refusalOf(cancelAccountDeletion(deps, one.id, grantor))).code).toBe('insufficient_rights');
  });

  it('is refused for an account that is not there', async () => {
    const deps = await start();
    const nobody = '01938f6e-4bd1-7a52-9d2f-1c0f6a9b2e77';
    expect((await refusalOf(requestAccountDeletion(deps, nobody))).code).toBe('not_found');
    expect((await refusalOf(cancelAccountDeletion(deps, nobody))).code).toBe('not_found');
  });
});
