import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { registerUserCommands } from '../../src/cli/user-commands.js';
import { createFrame } from './terminal.js';

const HASH = '{SSHA}RegYcwK8KbAxEpXS2/x2WeHQyZY15rx3';

let frame: ReturnType<typeof createFrame>;
let folder: string;
beforeEach(async () => {
  frame = createFrame(registerUserCommands);
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-import-'));
});
afterEach(() => rm(folder, { recursive: true }));

const inFolder = (name: string) => path.join(folder, name);
const ndjson = (...users: unknown[]) => users.map((user) => `${JSON.stringify(user)}\n`).join('');
const emails = () => [...frame.deps.accounts.records.values()].map(({ account }) => account.email);

describe('user import', () => {
  test('imports a file', async () => {
    await writeFile(
      inFolder('users'),
      ndjson({ email: 'ada@example.com', password_hash: HASH }, { email: 'bob@example.com' }),
    );
    expect(await frame.run(['user', 'import', inFolder('users')])).toEqual({
      code: 0,
      out: '2 created, 0 updated, 0 skipped, 0 invalid.\n',
      err: '',
    });
    expect((await frame.deps.accounts.findByLogin('ada@example.com'))?.passwordHash).toBe(HASH);
  });

  test('imports standard input, tells faulty lines, and ends with exit code 1', async () => {
    const input = `${ndjson({ email: 'ada@example.com' }, { email: 'x', nickname: '' })}nonsense\u001b[2J\n`;
    expect(await frame.run(['user', 'import', '-'], input)).toEqual({
      code: 1,
      out: [
        'Line 2, nickname: nickname must be 1 to 255 characters on one line, without control characters.',
        'Line 2, email: The email address must look like name@example.com.',
        'Line 3: The line must be one JSON object.',
        '1 created, 0 updated, 0 skipped, 2 invalid.',
        '',
      ].join('\n'),
      err: 'Error: 2 lines are not valid. Correct them and import the file again.\n',
    });
  });

  test('prints one JSON object with --json', async () => {
    const input = ndjson({ email: 'ada@example.com' }, { email: 'x' }, {});
    const { code, out, err } = await frame.run(['user', 'import', '-', '--json'], input);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      invalid_lines: [
        { line: 2, faults: [expect.objectContaining({ field: 'email', code: 'email_invalid' })] },
        { line: 3, faults: [expect.objectContaining({ field: 'email', code: 'required' })] },
      ],
      created: 1,
      updated: 0,
      skipped: 0,
      invalid: 2,
      last_line: 3,
      dry_run: false,
      finished: true,
    });
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'invalid_input' } });
    expect(await frame.runJson(['user', 'import', '-'], ndjson({ email: 'ada@example.com' }))).toMatchObject({
      invalid_lines: [],
      skipped: 1,
    });
  });

  test('changes nothing with --dry-run, goes on with --resume-after, and updates', async () => {
    const input = ndjson({ email: 'ada@example.com' }, { email: 'bob@example.com' });
    const { out } = await frame.run(['user', 'import', '-', '--dry-run'], input);
    expect(out).toBe('Dry run, nothing was changed: 2 created, 0 updated, 0 skipped, 0 invalid.\n');
    expect(emails()).toEqual([]);
    await frame.run(['user', 'import', '-', '--resume-after', '1'], input);
    expect(emails()).toEqual(['bob@example.com']);
    const update = ndjson({ email: 'bob@example.com', nickname: 'B' });
    expect(await frame.runJson(['user', 'import', '-', '--on-conflict', 'update'], update)).toMatchObject({
      updated: 1,
    });
    expect((await frame.run(['user', 'import', '-', '--on-conflict', 'fail'], update)).out).toContain(
      'Line 1, email: There is an account with this email already.',
    );
  });

  test('says where to go on when it broke off', async () => {
    const store = { ...frame.deps.bulkAccounts };
    let calls = 0;
    Object.assign(frame.deps.bulkAccounts, {
      insertAll: (...args: Parameters<typeof store.insertAll>) =>
        (calls += 1) > 1 ? Promise.reject(new RangeError()) : store.insertAll(...args),
    });
    const users = Array.from({ length: 600 }, (_, index) => ({ email: `user${index}@example.com` }));
    const { code, out, err } = await frame.run(['user', 'import', '-'], ndjson(...users));
    expect([code, out]).toEqual([
      1,
      '500 created, 0 updated, 0 skipped, 0 invalid.\nBroke off. Go on with: --resume-after 500\n',
    ]);
    expect(err).toBe('Error: The database is away.\nError: Start it.\n');
  });

  test('says what is wrong with a file', async () => {
    const missing = await frame.run(['user', 'import', inFolder('none')]);
    expect(missing).toMatchObject({ code: 1, out: '' });
    expect(missing.err).toContain('cannot be imported: there is no such file.');
    expect((await frame.run(['user', 'import', folder])).err).toContain(
      'cannot be imported: it is a folder.',
    );
  });

  test.each([
    [['user', 'import']],
    [['user', 'import', '-', '--on-conflict', 'merge']],
    [['user', 'import', '-', '--resume-after', '-1']],
  ])('does not understand %j', async (args) => {
    expect((await frame.run(args)).code).toBe(2);
  });
});

describe('user export', () => {
  const users = [{ email: 'ada@example.com', password_hash: HASH }, { email: 'bob@example.com' }];
  beforeEach(async () => {
    await frame.run(['user', 'import', '-'], ndjson(...users));
  });

  test('prints a user a line, without hashes', async () => {
    const { code, out, err } = await frame.run(['user', 'export']);
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { email: 'ada@example.com' },
      { email: 'bob@example.com' },
    ]);
    expect(out).not.toContain('SSHA');
  });

  test('prints what user import takes', async () => {
    const { out } = await frame.run(['user', 'export', '--with-password-hashes']);
    expect(out).toContain(HASH);
    frame = createFrame(registerUserCommands);
    await frame.run(['user', 'import', '-'], out);
    expect((await frame.run(['user', 'export', '--with-password-hashes'])).out).toBe(out);
  });

  test('writes a file for its owner alone, in the place of the one before', async () => {
    await writeFile(inFolder('users'), 'before');
    await chmod(inFolder('users'), 0o644);
    expect(await frame.runJson(['user', 'export', '--output', inFolder('users')])).toEqual({
      file: inFolder('users'),
      users: 2,
    });
    expect((await stat(inFolder('users'))).mode & 0o777).toBe(0o600);
    expect((await readFile(inFolder('users'), 'utf8')).split('\n')).toHaveLength(3);
    expect(await readdir(folder)).toEqual(['users']);
  });

  test('leaves the file as it was when it fails', async () => {
    await writeFile(inFolder('users'), 'before');
    Object.assign(frame.deps.bulkAccounts, { listRecords: () => Promise.reject(new RangeError()) });
    expect((await frame.run(['user', 'export', '--output', inFolder('users')])).code).toBe(1);
    expect(await readFile(inFolder('users'), 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['users']);
  });

  test('says in words why a file cannot be written', async () => {
    const { err } = await frame.run(['user', 'export', '--output', inFolder('none/users')]);
    expect(err).toBe(
      `Error in output: ${inFolder('none/users')} cannot be written (ENOENT): there is no such folder.\n`,
    );
  });
});
