import { emailFaults, tidyEmail } from '../../../src/domain/accounts/email-address.js';
import { normalizeLogin, normalizeTypedLogin } from '../../../src/domain/accounts/normalize-login.js';
import { tidyUsername, usernameFaults } from '../../../src/domain/accounts/username.js';

describe('comparing logins', () => {
  test.each([
    ['ADA@Example.COM', 'ada@example.com'],
    [' ada ', 'ada'],
    ['STRASSE', 'straße'],
    ['jose\u0301', 'JOSÉ'],
    ['ＡＤＡ', 'ada'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁne', 'FINE'],
    ['K', 'k'],
  ])('%j is the same as %j', (one, other) => {
    expect(normalizeLogin(one)).toBe(normalizeLogin(other));
  });

  test.each([
    ['mıke', 'mike'],
    ['ada', 'аda'],
    ['ada', 'adа'],
  ])('%j is not the same as %j', (one, other) => {
    expect(normalizeLogin(one)).not.toBe(normalizeLogin(other));
  });

  test('is stable: what was normalised stays as it is', () => {
    for (const text of ['İstanbul', 'ΐ', 'ŉ', 'ẞ', 'ǰ', 'ᾳ', '\u0345α', 'Ａ\u0301', 'ﬃ', 'ı']) {
      expect(normalizeLogin(normalizeLogin(text))).toBe(normalizeLogin(text));
    }
  });

  test.each(['', '   ', 'a\0', 'a\nb', '\ud800', 'x'.repeat(321)])('%j cannot be a login', (text) => {
    expect(normalizeTypedLogin(text)).toBeUndefined();
  });
});

describe('email addresses', () => {
  test.each([
    'ada@example.com',
    ' ada@example.com\n',
    'ada.b+tag@mail.example.co.uk',
    "o'neill@example.ie",
    'ada@localhost',
    '用户@例子.中国',
    `${'a'.repeat(64)}@example.com`,
  ])('accepts %j', (email) => {
    expect(emailFaults(email)).toEqual([]);
    expect(tidyEmail(email)).toBe(email.trim());
  });

  test.each([
    ['', 'required'],
    ['   ', 'required'],
    ['ada', 'email_invalid'],
    ['ada@', 'email_invalid'],
    ['@example.com', 'email_invalid'],
    ['ada@b@example.com', 'email_invalid'],
    ['ada@example.com\r\nBcc: all@example.com', 'email_invalid'],
    ['ada b@example.com', 'email_invalid'],
    ['ada\u00a0b@example.com', 'email_invalid'],
    ['ada\0@example.com', 'email_invalid'],
    ['ada\u202e@example.com', 'email_invalid'],
    ['ada\u200b@example.com', 'email_invalid'],
    ['ada＠example.com', 'email_invalid'],
    ['ada@evil＠example.com', 'email_invalid'],
    ['.ada@example.com', 'email_invalid'],
    ['ada..b@example.com', 'email_invalid'],
    ['ada@example..com', 'email_invalid'],
    ['ada@.example.com', 'email_invalid'],
    ['ada@example.com.', 'email_invalid'],
    ['ada@-example.com', 'email_invalid'],
    ['Ada <ada@example.com>', 'email_invalid'],
    ['ada@example.com,bob@example.com', 'email_invalid'],
    [`${'a'.repeat(65)}@example.com`, 'email_invalid'],
    [`ada@${'a.'.repeat(125)}example`, 'too_long'],
    [`${'é'.repeat(125)}@x.de`, 'too_long'],
  ])('refuses %j', (email, code) => {
    expect(emailFaults(email)).toMatchObject([{ field: 'email', code }]);
  });
});

describe('usernames', () => {
  test.each([
    'ada',
    'Zoë',
    'ада',
    '阿达',
    'o’neill',
    'a',
    'ada.b-c_d',
    '1815',
    'x'.repeat(64),
    '👩‍'.slice(0, 2),
  ])('accepts %j', (username) => {
    expect(usernameFaults(username)).toEqual([]);
    expect(tidyUsername(` ${username} `)).toBe(username.normalize('NFC'));
  });

  test.each([
    ['', 'required'],
    [' \t', 'required'],
    ['x'.repeat(65), 'too_long'],
    ['a b', 'username_invalid'],
    ['a@b', 'username_invalid'],
    ['a＠b', 'username_invalid'],
    ['a\0b', 'username_invalid'],
    ['a\u0007b', 'username_invalid'],
    ['a\u202eb', 'username_invalid'],
    ['a\u2066b', 'username_invalid'],
    ['a\u200bb', 'username_invalid'],
    ['a\u3000b', 'username_invalid'],
    ['a\ud800', 'username_invalid'],
    ['018f22e2-79b0-7cc3-98c4-dc0c0c07398f', 'username_invalid'],
    ['018F22E2-79B0-7CC3-98C4-DC0C0C07398F', 'username_invalid'],
  ])('refuses %j', (username, code) => {
    expect(usernameFaults(username)).toMatchObject([{ field: 'username', code }]);
  });
});
