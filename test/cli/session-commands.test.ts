import { registerGrantCommands } from '../../src/cli/grant-commands.js';
import { registerSessionCommands } from '../../src/cli/session-commands.js';
import { registerUserCommands } from '../../src/cli/user-commands.js';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import type { Account } from '../../src/domain/accounts/account.js';
import { createFrame } from './terminal.js';

let frame: ReturnType<typeof createFrame>;
let ada: Account;

beforeEach(async () => {
  frame = createFrame((program, cli) => {
    registerUserCommands(program, cli);
    registerSessionCommands(program, cli);
    registerGrantCommands(program, cli);
  });
  ada = await createAccount(frame.deps, { email: 'ada@example.com' });
  const at = new Date('2026-11-23T12:00:00Z');
  const session = {
    accountId: ada.id,
    signedInAt: at,
    createdAt: at,
    expiresAt: at,
    amr: ['pwd'],
    clientIds: [],
  };
  frame.deps.sessions.sessions = [
    { ...session, id: 'one' },
    { ...session, id: 'two', accountId: 'bob' },
  ];
});

describe('latchkey session', () => {
  test('lists sessions as a table and as JSON, of all or of one user', async () => {
    const { code, out } = await frame.run(['session', 'list']);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/^ID +USER +SIGNED IN +EXPIRES +BY +CLIENTS$/);
    expect(out).toContain('two');
    expect(await frame.runJson(['session', 'list', '--user', 'ada@example.com'])).toEqual([
      expect.objectContaining({ id: 'one', user_id: ada.id, amr: ['pwd'] }),
    ]);
    expect(await frame.runJson(['session', 'list', '--limit', '1'])).toHaveLength(1);
  });

  test('ends one, and refuses one that is not there', async () => {
    expect(await frame.runJson(['session', 'end', 'one'])).toEqual({
      id: 'one',
      user_id: ada.id,
      ended: true,
    });
    const again = await frame.run(['session', 'end', 'one']);
    expect(again).toMatchObject({ code: 1, err: 'Error: There is no such session.\n' });
    expect((await frame.run(['session', 'list', '--user', 'ada@example.com'])).out).toBe('No sessions.\n');
  });
});

describe('latchkey user', () => {
  test('sign-out ends everything of a user', async () => {
    const { code, out } = await frame.run(['user', 'sign-out', 'ada@example.com']);
    expect({ code, out }).toEqual({ code: 0, out: 'Signed ada@example.com out everywhere.\n' });
    expect(frame.deps.revoked).toEqual([ada.id]);
    expect((await frame.run(['user', 'sign-out', 'nobody'])).code).toBe(1);
  });

  test('list filters by email, status and time, and sorts', async () => {
    const bob = await createAccount(frame.deps, { email: 'bob@example.com', username: 'bob' });
    await frame.run(['user', 'disable', 'bob']);
    const idsOf = async (...args: string[]): Promise<unknown[]> =>
      ((await frame.runJson(['user', 'list', ...args])) as { id: unknown }[]).map(({ id }) => id);
    expect(await idsOf('--email', 'ADA@example.com')).toEqual([ada.id]);
    expect(await idsOf('--username', 'BOB')).toEqual([bob.id]);
    expect(await idsOf('--disabled')).toEqual([bob.id]);
    expect(await idsOf('--enabled')).toEqual([ada.id]);
    expect(await idsOf('--newest-first')).toEqual([bob.id, ada.id]);
    expect(await idsOf('--created-after', '2026-11-23')).toEqual([ada.id, bob.id]);
    expect(await idsOf('--created-after', '2026-11-24T00:00:00+01:00')).toEqual([]);
  });

  test.each([
    ['--created-after', 'yesterday'],
    ['--created-after', '2026-13-01'],
    ['--disabled', '--enabled'],
  ])('list does not understand %s %s', async (...args) => {
    expect((await frame.run(['user', 'list', ...args])).code).toBe(2);
  });
});

describe('latchkey grant', () => {
  test('revokes what a client may do, and refuses where there is nothing', async () => {
    frame.deps.grants.grants = [
      {
        id: 'grant',
        accountId: ada.id,
        clientId: 'shop',
        scopes: ['openid'],
        claims: [],
        resourceScopes: {},
        grantedAt: new Date('2026-11-23T12:00:00Z'),
        expiresAt: undefined,
      },
    ];
    expect(await frame.runJson(['grant', 'revoke', 'ada@example.com', 'shop'])).toEqual({
      user_id: ada.id,
      client_id: 'shop',
      consent: false,
      grants: 1,
      revoked: true,
    });
    const again = await frame.run(['grant', 'revoke', 'ada@example.com', 'shop']);
    expect(again).toMatchObject({ code: 1, err: 'Error: shop may do nothing for ada@example.com.\n' });
    expect((await frame.run(['grant', 'list', '--user', 'ada@example.com'])).out).toBe('No grants.\n');
  });
});
