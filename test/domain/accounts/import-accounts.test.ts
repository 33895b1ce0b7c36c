import { authenticateEndUser } from '../../../src/domain/accounts/authenticate-end-user.js';
import { exportAccounts } from '../../../src/domain/accounts/export-accounts.js';
import { importAccounts, type ImportAccountsOptions } from '../../../src/domain/accounts/import-accounts.js';
import { OPERATOR, type Grantor } from '../../../src/domain/roles/grantor.js';
import { createArgon2PasswordHasher } from '../../../src/security/argon2-password-hasher.js';
import { foreignHashReader } from '../../../src/security/foreign-hashes/foreign-hash-reader.js';
import { foreignVerification } from '../../../src/security/foreign-hashes/open-foreign-hash.js';
import { accountWith } from '../../storage/conformance/account-store.js';
import { createAccountDeps, GOOD_PASSWORD, OTHER_PASSWORD } from '../../support/account-deps.js';
import { inShort, linesOf, verdictsOf } from '../../support/import-lines.js';

const HASH = '{SSHA}RegYcwK8KbAxEpXS2/x2WeHQyZY15rx3';
const HASHED_PASSWORD = 'grüne Äpfel im Mai';

let deps: ReturnType<typeof createDeps>;
beforeEach(() => {
  deps = createDeps();
});

function createDeps() {
  return { ...createAccountDeps(), foreignHashes: foreignHashReader };
}

const importAll = (users: Iterable<unknown>, options?: ImportAccountsOptions, grantor: Grantor = OPERATOR) =>
  verdictsOf(importAccounts(deps, grantor, linesOf(users), options));
const inShortOf = async (...args: Parameters<typeof importAll>) => inShort(await importAll(...args));
const find = async (login: string) => deps.accounts.findByLogin(login);
const imported = () =>
  deps.audit.entries.filter(({ type }) => type === 'user.imported').map(({ details }) => details);

async function* exported(withPasswordHashes: boolean) {
  yield* exportAccounts(deps, { withPasswordHashes });
}

async function exportAll(withPasswordHashes = false) {
  const all: unknown[] = [];
  for await (const user of exported(withPasswordHashes)) all.push(user);
  return all;
}

describe('importAccounts', () => {
  test('creates accounts, with their hashes as they are', async () => {
    const created_at = '2020-01-01T00:00:00.000Z';
    const [verdict] = await importAll([
      {
        email: 'Ada@example.com',
        email_verified: true,
        username: 'Ada',
        nickname: 'A',
        password_hash: HASH,
        created_at,
      },
    ]);
    const record = await find('ada');
    expect(verdict).toEqual({ line: 1, status: 'created', id: record?.account.id });
    expect(record).toMatchObject({
      passwordHash: HASH,
      account: {
        emailVerified: true,
        profile: { nickname: 'A' },
        version: 1,
        createdAt: new Date(created_at),
      },
    });
    expect(imported()).toEqual([
      { created: 1, updated: 0, skipped: 0, invalid: 0, first_line: 1, last_line: 1 },
    ]);
  });

  test('hashes plain passwords', async () => {
    await importAll([{ email: 'ada@example.com', password: GOOD_PASSWORD }]);
    expect((await find('ada@example.com'))?.passwordHash).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('keeps the id, which is the sub that apps know', async () => {
    const id = '5f0c1b7e-5a3c-4c3e-9d5e-0a1b2c3d4e5f';
    expect(await importAll([{ id, email: 'ada@example.com' }])).toEqual([{ line: 1, status: 'created', id }]);
  });

  test('tells faulty lines and takes the others', async () => {
    expect(
      await inShortOf([
        { email: 'ada@example.com' },
        { email: 'x' },
        'nonsense',
        { email: 'bob@example.com' },
      ]),
    ).toEqual(['1 created', '2 invalid email: email_invalid', '3 invalid : json_invalid', '4 created']);
    expect(imported()).toMatchObject([{ created: 2, invalid: 2 }]);
  });

  test('a second run skips what is there, by id, email or username in any form', async () => {
    const users = [{ email: 'ada@example.com', username: 'ada' }, { email: 'bob@example.com' }];
    const [ada] = await importAll(users);
    expect(await inShortOf(users)).toEqual(['1 skipped', '2 skipped']);
    expect(
      await importAll([
        { email: 'ADA@EXAMPLE.com' },
        { email: 'x@example.com', username: 'AdA' },
        { email: 'y@example.com', id: ada?.id },
      ]),
    ).toEqual([1, 2, 3].map((line) => ({ line, status: 'skipped', id: ada?.id })));
    expect(imported()).toHaveLength(1);
  });

  test('a line finds what the lines before it wrote', async () => {
    const users = [{ email: 'ada@example.com' }, { email: 'Ada@example.com', nickname: 'A' }];
    expect(await inShortOf(users)).toEqual(['1 created', '2 skipped']);
    deps = createDeps();
    expect(await inShortOf(users, { onConflict: 'fail' })).toEqual(['1 created', '2 invalid email: taken']);
    deps = createDeps();
    expect(await inShortOf(users, { onConflict: 'update' })).toEqual(['1 created', '2 updated']);
    expect((await find('ada@example.com'))?.account.profile).toEqual({ nickname: 'A' });
  });

  test.each(['skip', 'update', 'fail'] as const)(
    'a dry run (%s) gives the same verdicts and changes nothing',
    async (onConflict) => {
      await importAll([{ email: 'ada@example.com', username: 'ada' }]);
      const users = [
        { email: 'ada@example.com', nickname: 'A' },
        { email: 'bob@example.com', password: GOOD_PASSWORD },
        { email: 'x' },
        { email: 'BOB@example.com', nickname: 'B' },
        { email: 'eve@example.com', roles: ['none'] },
      ];
      const [before, events] = [await exportAll(true), deps.audit.entries.length];
      const asked = deps.passwordHasher.asked.length;
      const verdicts = await inShortOf(users, { onConflict, dryRun: true });
      expect(deps.audit.entries).toHaveLength(events);
      expect(await exportAll(true)).toEqual(before);
      expect(deps.passwordHasher.asked).toHaveLength(asked);
      expect(await inShortOf(users, { onConflict })).toEqual(verdicts);
    },
  );

  test('goes on after a line', async () => {
    const users = Array.from({ length: 1201 }, (_, index) => ({ email: `user${index}@example.com` }));
    const verdicts = await importAll(users, { resumeAfterLine: 600 });
    expect(verdicts.map(({ line }) => line)).toEqual(users.slice(600).map((_, index) => index + 601));
    expect(imported()).toEqual([
      { created: 500, updated: 0, skipped: 0, invalid: 0, first_line: 601, last_line: 1100 },
      { created: 101, updated: 0, skipped: 0, invalid: 0, first_line: 1101, last_line: 1201 },
    ]);
  });

  test('gives verdicts of a batch only when it is written, and those stay when a later one fails', async () => {
    const users = Array.from({ length: 700 }, (_, index) => ({ email: `user${index}@example.com` }));
    const store = { ...deps.bulkAccounts };
    let calls = 0;
    Object.assign(deps.bulkAccounts, {
      insertAll: (...args: Parameters<typeof store.insertAll>) => {
        calls += 1;
        return calls === 2 ? Promise.reject(new Error('The database went away.')) : store.insertAll(...args);
      },
    });
    const verdicts: number[] = [];
    const work = async () => {
      for await (const { line } of importAccounts(deps, OPERATOR, linesOf(users))) verdicts.push(line);
    };
    await expect(work()).rejects.toThrow('The database went away.');
    expect(verdicts).toHaveLength(500);
    expect(deps.accounts.records.size).toBe(500);
    expect(imported()).toHaveLength(1);
    expect((await inShortOf(users)).slice(499, 501)).toEqual(['500 skipped', '501 created']);
  });

  test('reads no further than a batch ahead of whoever takes the verdicts', async () => {
    let read = 0;
    const users = function* () {
      for (;;) {
        read += 1;
        yield { email: `user${read}@example.com` };
      }
    };
    const verdicts = importAccounts(deps, OPERATOR, linesOf(users()));
    await verdicts.next();
    expect(read).toBe(501);
    await verdicts.return(undefined);
    expect(read).toBe(501);
  });

  test('waits for a turn of the hasher when sign-ins take them all', async () => {
    const hasher = { ...deps.passwordHasher };
    let refusals = 0;
    Object.assign(deps.passwordHasher, {
      hash: (password: string) => {
        deps.passwordHasher.overloaded = refusals++ === 0 ? 'hash' : 'never';
        return hasher.hash(password);
      },
    });
    expect(await inShortOf([{ email: 'ada@example.com', password: GOOD_PASSWORD }])).toEqual(['1 created']);
    expect(refusals).toBe(2);
  });
});

describe('importAccounts with updates', () => {
  const update = (...users: unknown[]) => inShortOf(users, { onConflict: 'update' });

  test('changes what the line names, and leaves the rest', async () => {
    const account = accountWith({
      email: 'ada@example.com',
      emailVerified: true,
      username: 'ada',
      profile: { givenName: 'Ada', nickname: 'A' },
    });
    await deps.accounts.insert({ account, passwordHash: HASH });
    expect(await update({ email: 'ada@example.com', family_name: 'King', nickname: null })).toEqual([
      '1 updated',
    ]);
    expect(await find('ada')).toEqual({
      passwordHash: HASH,
      account: {
        ...account,
        profile: { givenName: 'Ada', familyName: 'King' },
        version: 2,
        updatedAt: deps.clock.now(),
      },
    });
    expect(deps.revoked).toEqual([]);
  });

  test('skips a line that changes nothing', async () => {
    const users = [
      { email: 'ada@example.com', username: 'ada', nickname: 'A', password: GOOD_PASSWORD },
      { email: 'bob@example.com', password_hash: HASH },
    ];
    await importAll(users);
    expect(await update(...users)).toEqual(['1 skipped', '2 skipped']);
    expect((await find('ada'))?.account.version).toBe(1);
  });

  test('a new password, disabling and a role that goes end what was issued (S39)', async () => {
    const changes = [
      { password: OTHER_PASSWORD },
      { password_hash: HASH },
      { disabled: true },
      { roles: [] },
    ];
    for (const [index, change] of changes.entries()) {
      deps = createDeps();
      const account = accountWith({ email: 'ada@example.com', roles: ['admin'], effectiveRoles: ['admin'] });
      await deps.accounts.insert({ account, passwordHash: `$fake$${GOOD_PASSWORD}` });
      await deps.accounts.insert({
        account: accountWith({ roles: ['admin'], effectiveRoles: ['admin'] }),
        passwordHash: undefined,
      });
      expect([index, await update({ email: 'ada@example.com', ...change })]).toEqual([index, ['1 updated']]);
      expect(deps.revoked).toEqual([account.id]);
    }
  });

  test.each([{ disabled: true }, { roles: [] }])('the last administrator stays (S64): %j', async (change) => {
    const account = accountWith({ email: 'ada@example.com', roles: ['admin'], effectiveRoles: ['admin'] });
    await deps.accounts.insert({ account, passwordHash: undefined });
    expect(await update({ email: 'ada@example.com', ...change }, { email: 'bob@example.com' })).toEqual([
      '1 invalid : last_administrator',
      '2 created',
    ]);
    expect((await find('ada@example.com'))?.account).toEqual(account);
  });

  test('refuses to change an id, to take what is taken, and to choose among accounts', async () => {
    await importAll([
      { email: 'ada@example.com', username: 'ada' },
      { email: 'bob@example.com', username: 'bob' },
    ]);
    const id = '5f0c1b7e-5a3c-4c3e-9d5e-0a1b2c3d4e5f';
    expect(
      await update({ id, email: 'ada@example.com' }, { email: 'bob@example.com', username: 'ada' }),
    ).toEqual(['1 invalid id: id_differs', '2 invalid email: ambiguous']);
  });
});

describe('importAccounts with roles', () => {
  const support: Grantor = { permissions: new Set(['users:read', 'users:write']) };

  test('gives roles that are there', async () => {
    expect(
      await inShortOf([
        { email: 'ada@example.com', roles: ['admin'] },
        { email: 'bob@example.com', roles: ['none'] },
      ]),
    ).toEqual(['1 created', '2 invalid roles/0: role_unknown']);
    expect((await find('ada@example.com'))?.account).toMatchObject({
      roles: ['admin'],
      effectiveRoles: ['admin'],
    });
    expect(await inShortOf([{ email: 'eve@example.com', groups: ['None'] }])).toEqual([
      '1 invalid groups/0: group_unknown',
    ]);
  });

  test('nobody raises their rights (S61), nor takes over an account that has more', async () => {
    const account = accountWith({ email: 'ada@example.com', roles: ['admin'], effectiveRoles: ['admin'] });
    await deps.accounts.insert({ account, passwordHash: undefined });
    expect(
      await inShortOf(
        [
          { email: 'eve@example.com', roles: ['admin'] },
          { email: 'ada@example.com', password_hash: HASH },
          { email: 'bob@example.com' },
        ],
        { onConflict: 'update' },
        support,
      ),
    ).toEqual(['1 invalid roles/0: insufficient_rights', '2 invalid : insufficient_rights', '3 created']);
    expect((await find('ada@example.com'))?.passwordHash).toBeUndefined();
  });
});

describe('exportAccounts', () => {
  test('gives what the import takes, with hashes only when asked', async () => {
    const users = Array.from({ length: 450 }, (_, index) => ({
      email: `user${index}@example.com`,
      username: `user${index}`,
      given_name: 'Ada',
      roles: index === 0 ? ['admin'] : [],
      disabled: index === 1,
      ...(index % 2 === 0 && { password_hash: HASH }),
    }));
    await importAll(users);
    expect(JSON.stringify(await exportAll())).not.toContain('hash');
    const whole = await exportAll(true);
    expect(whole).toHaveLength(450);
    expect(deps.audit.entries.slice(-2)).toMatchObject([
      { type: 'user.exported', details: { with_password_hashes: false } },
      { type: 'user.exported', details: { with_password_hashes: true } },
    ]);

    deps = createDeps();
    await importAll(whole);
    expect(await exportAll(true)).toEqual(whole);
  });
});

describe('sign-in with an imported hash', () => {
  test('takes the password, and from then on the hash is argon2id', async () => {
    const passwordHasher = createArgon2PasswordHasher({ memory: 1024, passes: 1, foreignVerification });
    await importAll([{ email: 'ada@example.com', password_hash: HASH }]);
    const signIn = (password: string) =>
      authenticateEndUser({ ...deps, passwordHasher }, { username: 'ada@example.com', password });

    await expect(signIn('wrong')).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect((await find('ada@example.com'))?.passwordHash).toBe(HASH);
    expect(await signIn(HASHED_PASSWORD)).toMatchObject({ email: 'ada@example.com' });
    const renewed = (await find('ada@example.com'))?.passwordHash;
    expect(renewed).toMatch(/^\$argon2id\$/);
    expect(await signIn(HASHED_PASSWORD)).toMatchObject({ email: 'ada@example.com' });
    expect((await find('ada@example.com'))?.passwordHash).toBe(renewed);
  });
});
