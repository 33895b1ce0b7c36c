import { registerUserCommands } from '../../src/cli/user-commands.js';
import { GOOD_PASSWORD, OTHER_PASSWORD } from '../support/account-deps.js';
import { createFrame, createTypingTerminal } from './terminal.js';

let frame: ReturnType<typeof createFrame>;
beforeEach(() => {
  frame = createFrame(registerUserCommands);
});

const create = (...options: string[]) =>
  frame.run(['user', 'create', '--email', 'ada@example.com', ...options]);
const hashOf = async (login: string) => (await frame.deps.accounts.findByLogin(login))?.passwordHash;

describe('user create', () => {
  test('takes every option and prints the account as JSON', async () => {
    const args = [
      'user',
      'create',
      '--email',
      'ada@example.com',
      '--username',
      'ada',
      '--email-verified',
      '--admin',
    ];
    const profile = [
      '--given-name',
      'Ada',
      '--family-name',
      'Lovelace',
      '--locale',
      'en_GB',
      '--zoneinfo',
      'UTC',
    ];
    const phone = [
      '--phone-number',
      '+44 1234 567890',
      '--phone-number-verified',
      '--birthdate',
      '1815-12-10',
    ];
    const claims = [
      '--claims',
      '{"nickname":"A","given_name":"Not Ada","address":{"street_address":"1 St"}}',
    ];
    const all = [...args, ...profile, ...phone, ...claims, '--password-stdin'];
    expect(await frame.runJson(all, `${GOOD_PASSWORD}\n`)).toEqual({
      id: [...frame.deps.accounts.records.keys()][0],
      email: 'ada@example.com',
      email_verified: true,
      username: 'ada',
      given_name: 'Ada',
      family_name: 'Lovelace',
      nickname: 'A',
      locale: 'en-GB',
      zoneinfo: 'UTC',
      birthdate: '1815-12-10',
      phone_number: '+441234567890',
      phone_number_verified: true,
      address: { street_address: '1 St' },
      roles: ['admin'],
      groups: [],
      password_temporary: false,
      deletion_due_at: null,
      disabled: false,
      created_at: '2026-11-23T12:00:00.000Z',
      updated_at: '2026-11-23T12:00:00.000Z',
      has_password: true,
    });
    expect(await hashOf('ada')).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('never prints the password or its hash', async () => {
    for (const json of [[], ['--json']]) {
      frame = createFrame(registerUserCommands);
      const args = ['user', 'create', '--email', 'ada@example.com', '--password-stdin', ...json];
      const { out, err } = await frame.run(args, GOOD_PASSWORD);
      for (const text of [out, err, (await frame.run(['user', 'show', 'ada@example.com', ...json])).out]) {
        expect(text).not.toContain(GOOD_PASSWORD);
        expect(text).not.toMatch(/hash/i);
      }
    }
  });

  test('without a password says that there is none', async () => {
    const { code, out } = await create();
    expect(code).toBe(0);
    expect(out).toContain('cannot sign in by password');
    expect(out).toContain('latchkey user set-password ada@example.com');
    expect(await frame.runJson(['user', 'create', '--email', 'b@example.com'])).toMatchObject({
      has_password: false,
    });
  });

  test('names every fault, and exits with 1', async () => {
    const { code, out, err } = await create('--username', 'a b', '--locale', '!');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^Error in username: .*\nError: locale .*\n$/);
    expect((await create('--claims', '{"shoe_size":7}')).err).toContain('"shoe_size" is not a claim');
  });

  test.each([
    [['user', 'create'], "required option '--email <email>'"],
    [['user', 'create', '--email', 'a@b.c', '--claims', '{'], 'It must be JSON'],
    [['user', 'create', '--email', 'a@b.c', '--claims', '[]'], 'It must be a JSON object'],
    [['user', 'show'], "missing required argument 'user'"],
    [['user', 'list', '--limit', '0'], 'whole number'],
    [['user', 'update', 'ada'], 'name what to change'],
    [['user', 'update', 'ada', '--json'], 'name what to change'],
    [['user', 'set-password', 'ada'], 'use --password-stdin'],
    [['user'], 'Usage: latchkey user'],
  ])('%j is not understood: exit code 2', async (args, message) => {
    const { code, err } = await frame.run(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(frame.uses().opened).toBe(0);
  });
});

describe('the other user commands', () => {
  let id: string;
  beforeEach(async () => {
    const created = await frame.runJson([
      'user',
      'create',
      '--email',
      'ada@example.com',
      '--username',
      'ada',
      '--given-name',
      'Ada',
    ]);
    id = (created as { id: string }).id;
  });

  test('list shows all, however many pages they are', async () => {
    expect((await frame.run(['user', 'list'])).out).toMatch(
      /^ID +EMAIL +USERNAME +ROLES +STATUS\n.*ada@example.com +ada +enabled\n$/,
    );
    for (let index = 0; index < 201; index += 1)
      await frame.run(['user', 'create', '--email', `${index}@example.com`]);
    expect(await frame.runJson(['user', 'list'])).toHaveLength(202);
    expect(await frame.runJson(['user', 'list', '--limit', '2'])).toMatchObject([
      { id },
      { email: '0@example.com' },
    ]);
    expect(await frame.runJson(['user', 'list', '--limit', '1', '--after', id])).toMatchObject([
      { email: '0@example.com' },
    ]);
    expect(await frame.runJson(['user', 'list', '--search', 'ADA@'])).toMatchObject([{ id }]);
    expect(await frame.runJson(['user', 'list', '--search', 'nobody'])).toEqual([]);
    expect((await frame.run(['user', 'list', '--search', 'nobody'])).out).toContain('No users.');
    expect((await frame.run(['user', 'list', '--after', 'x'])).code).toBe(1);
  });

  test('list follows a search whose pages are short', async () => {
    const page = await frame.deps.accounts.list({ limit: 1 });
    frame.deps.accounts.list = ({ after }) =>
      Promise.resolve(after === undefined ? { accounts: [], next: '8191' } : page);
    expect(await frame.runJson(['user', 'list', '--search', 'ada', '--limit', '1'])).toMatchObject([{ id }]);
  });

  test('show finds by id, email and username', async () => {
    for (const user of [id, 'ADA@example.com', 'Ada'])
      expect(await frame.runJson(['user', 'show', user])).toMatchObject({ id });
    const { out } = await frame.run(['user', 'show', 'ada']);
    expect(out).toMatch(/^Email +ada@example.com \(not verified\)$/m);
    expect(out).toMatch(/^Given name +Ada$/m);
    expect(await frame.run(['user', 'show', 'nobody'])).toEqual({
      code: 1,
      out: '',
      err: 'Error: There is no account "nobody".\n',
    });
  });

  test('text from a user does not steer the terminal', async () => {
    const account = await frame.deps.accounts.findById(id);
    if (!account) throw new Error('It is gone.');
    await frame.deps.accounts.update({
      ...account,
      profile: { nickname: '\u001b[2Jgone\u202e' },
      version: 2,
    });
    expect((await frame.run(['user', 'show', id])).out).toContain('\uFFFD[2Jgone\uFFFD');
  });

  test('update changes what is named', async () => {
    const update = (...options: string[]) => frame.runJson(['user', 'update', 'ada@example.com', ...options]);
    expect(await update('--family-name', 'Lovelace', '--admin', '--email-verified')).toMatchObject({
      given_name: 'Ada',
      family_name: 'Lovelace',
      roles: ['admin'],
      email_verified: true,
    });
    const after = await update('--claims', '{"given_name":null}', '--no-username', '--no-email-verified');
    expect(after).toMatchObject({ username: null, email_verified: false, family_name: 'Lovelace' });
    expect(after).not.toHaveProperty('given_name');
    expect((await frame.run(['user', 'update', id, '--no-admin'])).err).toMatch(/only enabled administrator/);
  });

  test('disable and enable', async () => {
    expect((await frame.run(['user', 'disable', 'ada'])).out).toBe(
      'Disabled ada@example.com; their sessions and tokens have ended.\n',
    );
    expect(frame.deps.revoked).toEqual([id]);
    expect(await frame.runJson(['user', 'show', 'ada'])).toMatchObject({ disabled: true });
    expect(await frame.runJson(['user', 'enable', 'ada'])).toMatchObject({ disabled: false });
  });

  test('delete', async () => {
    expect(await frame.runJson(['user', 'delete', 'ada'])).toEqual({ id, deleted: true });
    expect(frame.deps.revoked).toEqual([id]);
    expect((await frame.run(['user', 'delete', 'ada'])).code).toBe(1);
  });

  test('the last administrator stays', async () => {
    await frame.run(['user', 'update', 'ada', '--admin']);
    for (const command of ['disable', 'delete']) {
      const { code, err } = await frame.run(['user', command, 'ada', '--json']);
      expect(code).toBe(1);
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'last_administrator' } });
    }
  });

  test('set-password', async () => {
    const args = ['user', 'set-password', 'ada', '--password-stdin'];
    expect((await frame.run(args, OTHER_PASSWORD)).out).toContain('Changed the password of ada@example.com');
    expect(await hashOf('ada')).toBe(`$fake$${OTHER_PASSWORD}`);
    expect((await frame.run(args, 'short')).err).toMatch(/^Error in password: .*at least 15/);
    const terminal = createTypingTerminal();
    terminal.type('\r');
    expect(await frame.run(['user', 'set-password', 'ada'], terminal.stdin)).toMatchObject({ code: 1 });
    expect(await hashOf('ada')).toBe(`$fake$${OTHER_PASSWORD}`);
  });

  test('a password is temporary where the operator says so', async () => {
    const args = ['user', 'set-password', 'ada', '--password-stdin'];
    const { out } = await frame.run([...args, '--temporary'], OTHER_PASSWORD);
    expect(out).toContain('They choose another one at the next sign-in by it.');
    expect(await frame.runJson(['user', 'show', 'ada'])).toMatchObject({ password_temporary: true });
    await frame.run(args, OTHER_PASSWORD);
    expect(await frame.runJson(['user', 'show', 'ada'])).toMatchObject({ password_temporary: false });
    const create = ['user', 'create', '--email', 'new@example.com', '--password-stdin', '--json'];
    const made = await frame.run([...create, '--temporary'], OTHER_PASSWORD);
    expect(JSON.parse(made.out)).toMatchObject({ password_temporary: true });
  });

  test('every command has a help that names its options', async () => {
    for (const command of [
      'create',
      'list',
      'show',
      'update',
      'disable',
      'enable',
      'delete',
      'set-password',
    ]) {
      const { code, out } = await frame.run(['user', command, '--help']);
      expect(code).toBe(0);
      expect(out).toContain('--json');
    }
  });
});
