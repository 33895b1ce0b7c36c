import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { updateOwnAccount } from '../../../src/domain/accounts/update-own-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createAccountDeps, faultsOf } from '../../support/account-deps.js';

const NOBODY = '018f22e2-79b0-7cc3-98c4-dc0c0c07398f';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

const create = (input: Partial<CreateAccountInput> = {}): Promise<Account> =>
  createAccount(deps, { email: 'ada@example.com', ...input });

describe('updateAccount', () => {
  test('changes what is named and keeps the rest', async () => {
    const before = await create({
      username: 'ada',
      emailVerified: true,
      profile: { givenName: 'Ada', nickname: 'A' },
    });
    deps.clock.turn(60);
    const after = await updateAccount(deps, before.id, {
      profile: { familyName: 'Lovelace', nickname: null },
    });
    expect(after).toEqual({
      ...before,
      profile: { givenName: 'Ada', familyName: 'Lovelace' },
      version: 2,
      updatedAt: deps.clock.now(),
    });
    expect(await deps.accounts.findById(before.id)).toEqual(after);
    expect((await updateAccount(deps, before.id, { username: null })).username).toBeUndefined();
    expect(deps.revoked).toEqual([]);
  });

  test('a new email is not verified unless it is said to be', async () => {
    const { id } = await create({ emailVerified: true });
    expect(await updateAccount(deps, id, { email: 'ADA@example.com' })).toMatchObject({
      emailVerified: true,
    });
    expect(await updateAccount(deps, id, { email: 'b@example.com' })).toMatchObject({ emailVerified: false });
    const changes = { email: 'c@example.com', emailVerified: true };
    expect(await updateAccount(deps, id, changes)).toMatchObject({ emailVerified: true });
  });

  test('names every fault at once, and changes nothing', async () => {
    const before = await create();
    const work = updateAccount(deps, before.id, {
      email: '',
      username: '@',
      roles: [''],
      profile: { website: 'x' },
    });
    expect(await faultsOf(work)).toEqual([
      'email: required',
      'username: username_invalid',
      'roles/0: role_invalid',
      'website: website_invalid',
    ]);
    expect(await deps.accounts.findById(before.id)).toEqual(before);
  });

  test('ends what was issued when a role is taken away, and only then', async () => {
    const { id } = await create({ roles: ['editor'] });
    await updateAccount(deps, id, { roles: ['editor', 'auditor'] });
    expect(deps.revoked).toEqual([]);
    await updateAccount(deps, id, { roles: ['auditor'] });
    expect(deps.revoked).toEqual([id]);
  });

  test('knows no such account', async () => {
    await expect(updateAccount(deps, NOBODY, { emailVerified: true })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('updateOwnAccount', () => {
  test('changes name and profile, and nothing else that the request carries (CVE-2026-27946)', async () => {
    const before = await create();
    const smuggled = {
      profile: { nickname: 'A' },
      emailVerified: true,
      roles: ['admin'],
      disabled: true,
      email: 'b@x.y',
    };
    const after = await updateOwnAccount(deps, before.id, smuggled);
    expect(after).toEqual({ ...before, profile: { nickname: 'A' }, version: 2 });
  });

  test('refuses to call a telephone number verified', async () => {
    const { id } = await create();
    const profile = { phoneNumber: '+41446681800', phoneNumberVerified: true };
    expect(await faultsOf(updateOwnAccount(deps, id, { profile }))).toEqual([
      'phone_number_verified: not_self_writable',
    ]);
  });
});
