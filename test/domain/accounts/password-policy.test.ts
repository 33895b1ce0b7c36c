import {
  isHashable,
  normalizePassword,
  passwordFaults,
  type PasswordContext,
} from '../../../src/domain/accounts/password-policy.js';

const POLICY = { minLength: 15, productName: 'Latchkey' };
const codes = (password: string, context: PasswordContext = {}, minLength = 15): string[] =>
  passwordFaults({ ...POLICY, minLength }, password, context).map(({ code }) => code);

describe('the password policy (NIST SP 800-63B-4 §3.1.1.2)', () => {
  test.each([
    'violet herring over Tuesday',
    'x7!kQz9pLm2@vR4t',
    'почему бы и не да',
    '我的密码是一个很长的句子不是吗',
    '🦊🐢🦜🐙🦔🐝🦀🐌🦩🐿🦥🐞🦚🐋🦉',
    ' leading and trailing spaces ',
    'tab\tand\u0000control characters',
    'dragon kept seven umbrellas',
    'qT8#mW2$zN5!',
  ])('accepts %j', (password) => {
    expect(codes(password, {}, 12)).toEqual([]);
  });

  test('counts characters, not octets or UTF-16 units', () => {
    expect(codes('🦊🐢🦜🐙🦔🐝🦀🐌🦩🐿🦥🐞🦚🐋')).toEqual(['password_too_short']);
    expect(codes('e\u0301'.repeat(2) + 'xkwvbqzjghty')).toEqual(['password_too_short']);
  });

  test('allows at least 64 characters, whatever they are', () => {
    const long = Array.from({ length: 256 }, (_, index) =>
      String.fromCodePoint(0x1f300 + ((index * 7) % 255)),
    ).join('');
    expect(codes(Array.from(long).slice(0, 64).join(''))).toEqual([]);
    expect(codes(long)).toEqual([]);
    expect(Buffer.byteLength(long)).toBe(1024);
    expect(codes(`${long}x`)).toEqual(['password_too_long']);
  });

  test('looks at an absurdly long one no further', () => {
    expect(isHashable('x'.repeat(10_000_000))).toBe(false);
    expect(codes('é'.repeat(513))).toEqual(['password_too_long']);
  });

  test('is the same in composed and decomposed form', () => {
    expect(normalizePassword('Zoe\u0308')).toBe(normalizePassword('Zoë'));
  });

  test.each(['', 'short', 'fourteen chars'])('refuses %j as too short', (password) => {
    expect(codes(password)).toEqual(['password_too_short']);
  });

  test.each([
    'thisismypassword',
    'password12345678',
    'P@ssw0rd12345678',
    'passwordpassword',
    'Password Password 1',
    'qwertyuiopasdfgh',
    'qwertzuiopasdfghjkl',
    '1234567890123456',
    '9876543210987654',
    'aaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'abcdefghijklmnop',
    'Summer2024!!!!!!!',
    'Summer2024Summer2024',
    'administrator123',
    '1qaz2wsx3edc4rfv',
    'iloveyou1234567',
    '                    ',
    'ｐａｓｓｗｏｒｄ１２３４５６７８',
    'йцукенгшщзхъфыва',
    'Welcome2024Welcome2024',
  ])('refuses %j as common', (password) => {
    expect(codes(password)).toEqual(['password_common']);
  });

  test.each([
    ['maria.schmidt.1985', { email: 'maria.schmidt@example.com' }],
    ['MARIAmariamaria!!', { email: 'maria@example.com' }],
    ['schmidt-maria-85', { email: 'maria.schmidt@example.com' }],
    ['grace_hopper_1906', { email: 'g@example.com', username: 'grace_hopper' }],
    ['Latchkey Latchkey', {}],
    ['latchkey-2026-!!', {}],
    ['example.com-ada1', { email: 'ada@example.com' }],
  ])('refuses %j as made of its context %j', (password, context) => {
    expect(codes(password, context)).toEqual(['password_context']);
  });

  test.each([
    ['maria likes big green trees', { email: 'maria@example.com' }],
    ['the latchkey hangs beside a stove', {}],
    ['jo!x9k2aQw8%vB', { email: 'jo@example.com' }],
    ['quite unlike either of them', { email: '@', username: '' }],
  ])('accepts %j beside its context %j', (password, context) => {
    expect(codes(password, context, 12)).toEqual([]);
  });

  test('never repeats the password in what it says', () => {
    for (const password of ['hunter2', 'password12345678', 'latchkey-2026-!!']) {
      expect(JSON.stringify(passwordFaults(POLICY, password))).not.toContain(password);
    }
  });
});
