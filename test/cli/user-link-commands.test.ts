import { registerUserLinkCommands } from '../../src/cli/user-link-commands.js';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import { createFrame } from './terminal.js';

let frame: ReturnType<typeof createFrame>;
let id: string;
beforeEach(async () => {
  frame = createFrame(registerUserLinkCommands);
  ({ id } = await createAccount(frame.deps, { email: 'ada@example.com', username: 'ada' }));
});

describe.each([
  ['reset-link', 'https://id.example.com/reset-password/token-1', '2026-11-23T12:30:00.000Z'],
  ['sign-in-link', 'https://id.example.com/sign-in-link/token-1', '2026-11-23T12:15:00.000Z'],
  ['verification-link', 'https://id.example.com/verify-email/token-1', '2026-11-24T12:00:00.000Z'],
])('user %s', (name, url, expiresAt) => {
  test('prints a link with its end, as JSON too', async () => {
    expect(await frame.runJson(['user', name, 'ada'])).toEqual({
      user_id: id,
      email: 'ada@example.com',
      url,
      sent: false,
      expires_at: expiresAt,
    });
    const { code, out } = await frame.run(['user', name, 'ada@example.com']);
    expect(code).toBe(0);
    expect(out).toContain(`Link for ada@example.com, until ${expiresAt}, once:\n${url.replace('1', '2')}\n`);
    expect(frame.uses()).toEqual({ opened: 2, closed: 2 });
  });

  test('mails it with --send, and shows it to nobody else', async () => {
    const { code, out } = await frame.run(['user', name, 'ada', '--send']);
    expect({ code, out }).toEqual({
      code: 0,
      out: `The link goes to ada@example.com by mail. It works until ${expiresAt}, once.\n`,
    });
    expect(frame.deps.mailOutbox.mails).toMatchObject([
      { to: 'ada@example.com', accountId: id, values: { link: url } },
    ]);
  });

  test('says why there is none', async () => {
    await setAccountDisabled(frame.deps, id, true);
    expect(await frame.run(['user', name, 'ada'])).toMatchObject({
      code: 1,
      out: '',
      err: 'Error: The account is disabled. Enable it first.\n',
    });
    expect(await frame.run(['user', name, 'bob'])).toMatchObject({
      code: 1,
      err: 'Error: There is no account "bob".\n',
    });
  });
});
