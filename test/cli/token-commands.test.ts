import { registerTokenCommands } from '../../src/cli/token-commands.js';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import { buildClient } from '../support/build-client.js';
import { createFrame } from './terminal.js';

let frame: ReturnType<typeof createFrame>;

beforeEach(() => {
  frame = createFrame(registerTokenCommands);
});

const recorded = () => frame.deps.audit.entries.map(({ type, subject }) => [type, subject?.id]);

describe('latchkey tokens revoke', () => {
  test('ends everything of a user', async () => {
    const { id } = await createAccount(frame.deps, { email: 'ada@example.com' });
    expect(await frame.runJson(['tokens', 'revoke', '--user', 'ada@example.com'])).toEqual({
      user_id: id,
      revoked: true,
    });
    expect(recorded()).toContainEqual(['user.signed_out_everywhere', id]);
    const unknown = await frame.run(['tokens', 'revoke', '--user', 'nobody@example.com']);
    expect(unknown).toMatchObject({ code: 1, err: 'Error: There is no account "nobody@example.com".\n' });
  });

  test('ends everything of a client', async () => {
    await frame.stores.clients.insert(buildClient({ clientId: 'shop' }));
    expect(await frame.runJson(['tokens', 'revoke', '--client', 'shop'])).toEqual({
      client_id: 'shop',
      ended: 0,
      revoked: true,
    });
    expect(recorded()).toEqual([['client.tokens_revoked', 'shop']]);
    const unknown = await frame.run(['tokens', 'revoke', '--client', 'shoe']);
    expect(unknown).toMatchObject({ code: 1, err: 'Error: There is no client "shoe".\n' });
  });

  test('ends everything of everybody, for whoever means it', async () => {
    const { code, out } = await frame.run(['tokens', 'revoke', '--all', '--yes']);
    expect([code, out]).toEqual([0, 'Signed everybody out: ended 0 sessions, grants, tokens and codes.\n']);
    expect(recorded()).toEqual([['everybody.signed_out', undefined]]);
  });

  test.each([
    [['--all'], 'add --yes'],
    [[], 'say whose: --user, --client or --all'],
    [['--all', '--yes', '--user', 'ada'], 'cannot be used with option'],
    [['--client', 'shop', '--user', 'ada'], 'cannot be used with option'],
    [['--client', 'shop', '--all', '--yes'], 'cannot be used with option'],
  ])('does not understand %j, and ends nothing', async (args, told) => {
    const { code, err } = await frame.run(['tokens', 'revoke', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(told);
    expect(recorded()).toEqual([]);
  });
});
