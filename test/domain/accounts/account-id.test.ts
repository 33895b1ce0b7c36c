import { createAccountIdSource, isAccountId, newAccountId } from '../../../src/domain/accounts/account-id.js';

const AT = new Date('2022-02-22T19:22:22.000Z');

describe('account ids', () => {
  test('are UUIDv7 of the time given (RFC 9562 §5.7, test vector of appendix A.6)', () => {
    const id = createAccountIdSource()(AT);
    expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isAccountId(id)).toBe(true);
  });

  test('sort in the order in which they are made, within a millisecond and when the clock steps back (§6.2)', () => {
    const next = createAccountIdSource();
    const ids = Array.from({ length: 20_000 }, (_, index) => next(new Date(AT.getTime() - (index % 3))));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('of two sources do not meet', () => {
    const [one, other] = [createAccountIdSource(), createAccountIdSource()];
    const ids = Array.from({ length: 1000 }, () => [one(AT), other(AT)]).flat();
    expect(new Set(ids).size).toBe(2000);
  });

  test.each([
    '',
    'x',
    '\0',
    `${newAccountId(AT)}0`,
    `${newAccountId(AT)}\n`,
    newAccountId(AT).replaceAll('-', ''),
  ])('are not %j', (text) => {
    expect(isAccountId(text)).toBe(false);
  });
});
