import { registerUserCommands } from '../../src/cli/user-commands.js';
import { GOOD_PASSWORD, OTHER_PASSWORD } from '../support/account-deps.js';
import { createFrame, createTypingTerminal } from './terminal.js';

let frame: ReturnType<typeof createFrame>;
beforeEach(() => {
  frame = createFrame(registerUserCommands);
});

const hashOf = async (login: string) => (await frame.deps.accounts.findByLogin(login))?.passwordHash;

describe('a password from standard input', () => {
  test.each([
    ['a line', `${GOOD_PASSWORD}\n`],
    ['a line of Windows', `${GOOD_PASSWORD}\r\n`],
    ['no line break', GOOD_PASSWORD],
    ['more lines', `${GOOD_PASSWORD}\nmore\nlines\n`],
  ])('is the first line: %s', async (_, input) => {
    await frame.run(['user', 'create', '--email', 'ada@example.com', '--password-stdin'], input);
    expect(await hashOf('ada@example.com')).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('keeps the spaces around it', async () => {
    await frame.run(
      ['user', 'create', '--email', 'ada@example.com', '--password-stdin'],
      ` ${GOOD_PASSWORD} \n`,
    );
    expect(await hashOf('ada@example.com')).toBe(`$fake$ ${GOOD_PASSWORD} `);
  });

  test('ends at the line break although the other side stays open', async () => {
    const terminal = createTypingTerminal();
    terminal.type(`${GOOD_PASSWORD}\n`);
    const { code } = await frame.run(
      ['user', 'create', '--email', 'ada@example.com', '--password-stdin'],
      terminal.stdin,
    );
    expect(code).toBe(0);
  });

  test.each([
    ['nothing', '', 'holds no password'],
    ['an empty line', '\n', 'holds no password'],
    ['a flood', 'x'.repeat(5000), 'at most 4096 octets'],
  ])('refuses %s', async (_, input, message) => {
    const { code, out, err } = await frame.run(
      ['user', 'create', '--email', 'a@example.com', '--password-stdin'],
      input,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(message);
    expect(frame.deps.accounts.records.size).toBe(0);
  });
});

describe('a password at a terminal', () => {
  const args = ['user', 'create', '--email', 'ada@example.com'];

  test('is asked for twice, without showing it', async () => {
    const terminal = createTypingTerminal();
    terminal.type(`${GOOD_PASSWORD}\r${GOOD_PASSWORD}\r`);
    const { code, err } = await frame.run(args, terminal.stdin);
    expect(code).toBe(0);
    expect(err).toBe('Password (empty: none): \nThe same again: \n');
    expect(terminal.rawModes).toEqual([true, false]);
    expect(await hashOf('ada@example.com')).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('may be corrected while it is typed, also by whole characters', async () => {
    const terminal = createTypingTerminal();
    terminal.type(`${GOOD_PASSWORD.slice(0, 5)}🦊é\x7f\b${GOOD_PASSWORD.slice(5)}\r${GOOD_PASSWORD}\n`);
    await frame.run(args, terminal.stdin);
    expect(await hashOf('ada@example.com')).toBe(`$fake$${GOOD_PASSWORD}`);
  });

  test('must be the same both times', async () => {
    const terminal = createTypingTerminal();
    terminal.type(`${GOOD_PASSWORD}\r${OTHER_PASSWORD}\r`);
    const { code, err } = await frame.run(args, terminal.stdin);
    expect(code).toBe(1);
    expect(err).toContain('not the same');
    expect(terminal.rawModes).toEqual([true, false]);
    expect(frame.deps.accounts.records.size).toBe(0);
  });

  test('may be left out', async () => {
    const terminal = createTypingTerminal();
    terminal.type('\r');
    expect((await frame.run(args, terminal.stdin)).out).toContain('cannot sign in by password');
  });

  test.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('%s cancels, and the terminal is as before', async (_, key) => {
    const terminal = createTypingTerminal();
    terminal.type(`half a pass${key}`);
    const { code, err } = await frame.run(args, terminal.stdin);
    expect(code).toBe(1);
    expect(err).toContain('Cancelled.');
    expect(terminal.rawModes).toEqual([true, false]);
    expect(frame.uses()).toEqual({ opened: 1, closed: 1 });
  });
});
