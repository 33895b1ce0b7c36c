import fc from 'fast-check';
import { readImportLine } from '../../../src/domain/accounts/import-line.js';
import { foreignHashReader } from '../../../src/security/foreign-hashes/foreign-hash-reader.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const deps = { foreignHashes: foreignHashReader, passwordPolicy: { minLength: 15, productName: 'Latchkey' } };
const HASH = '{SSHA}RegYcwK8KbAxEpXS2/x2WeHQyZY15rx3';

const read = (value: unknown) =>
  readImportLine(deps, typeof value === 'string' ? value : JSON.stringify(value), NOW);
const faultsOf = (value: unknown): string[] => {
  const result = read(value);
  return 'faults' in result ? result.faults.map(({ field, code }) => `${field}: ${code}`) : [];
};

describe('readImportLine', () => {
  test('reads everything that the export gives', () => {
    expect(
      read({
        id: '0193598E-8A00-7000-8000-000000000001',
        email: ' Ada@example.com ',
        email_verified: true,
        username: 'ada',
        given_name: 'Ada',
        address: { country: 'UK' },
        roles: ['b', 'a', 'a'],
        groups: ['Staff'],
        disabled: true,
        created_at: '2020-02-29T13:00:00.5+01:00',
        updated_at: '2026-01-01T00:00:00Z',
        has_password: true,
        password_hash: HASH,
      }),
    ).toEqual({
      account: {
        id: '0193598e-8a00-7000-8000-000000000001',
        email: 'Ada@example.com',
        emailVerified: true,
        username: 'ada',
        profile: { givenName: 'Ada', address: { country: 'UK' } },
        profileChanges: { givenName: 'Ada', address: { country: 'UK' } },
        roles: ['a', 'b'],
        groups: ['Staff'],
        disabled: true,
        createdAt: new Date('2020-02-29T12:00:00.500Z'),
        passwordHash: HASH,
        password: undefined,
      },
    });
  });

  test('an email is enough, and null is as good as nothing', () => {
    expect(faultsOf({ email: 'ada@example.com' })).toEqual([]);
    expect(
      read({
        email: 'ada@example.com',
        id: null,
        username: null,
        roles: null,
        password_hash: null,
        nickname: null,
      }),
    ).toMatchObject({
      account: { id: undefined, username: null, roles: undefined, passwordHash: undefined },
    });
  });

  test.each(['', '[]', 'null', '"x"', '{"email":', 'not JSON', '{"email":"a@example.com"} x'])(
    '%j is no user',
    (text) => {
      expect(faultsOf(text)).toEqual([': json_invalid']);
    },
  );

  test('tells all faults at once', () => {
    expect(
      faultsOf({
        id: '7',
        email: 'ada',
        username: 'a b',
        email_verified: 'yes',
        disabled: 1,
        roles: ['Admin!'],
        groups: 'Staff',
        created_at: 'yesterday',
        birthdate: '1990-13-01',
        locale: 7,
        password_hash: '$1$x$y',
        external_id: 'x',
      }).sort(),
    ).toEqual([
      'birthdate: birthdate_invalid',
      'created_at: time_invalid',
      'disabled: wrong_type',
      'email: email_invalid',
      'email_verified: wrong_type',
      'external_id: unknown_field',
      'groups: wrong_type',
      'id: id_invalid',
      'locale: wrong_type',
      'password_hash: hash_unknown',
      'roles/0: role_invalid',
      'username: username_invalid',
    ]);
  });

  test.each([
    [{}, 'email: required'],
    [{ email: 7 }, 'email: wrong_type'],
    [{ email: 'ada@example.com', password: 'short' }, 'password: password_too_short'],
    [
      { email: 'ada@example.com', password: 'violet herring over Tuesday', password_hash: HASH },
      'password_hash: password_twice',
    ],
    [{ email: 'ada@example.com', created_at: '2026-11-23T12:00:01Z' }, 'created_at: time_invalid'],
    [{ email: 'ada@example.com', created_at: '2026-02-30T25:00:00Z' }, 'created_at: time_invalid'],
    [
      { email: 'ada@example.com', password_hash: `$2b$31$${'a'.repeat(53)}` },
      'password_hash: hash_too_costly',
    ],
    ['{"email":"ada@example.com","__proto__":{"roles":["admin"]}}', '__proto__: unknown_field'],
    ['{"email":"ada@example.com","constructor":"x"}', 'constructor: unknown_field'],
  ])('%j: %s', (value, fault) => {
    expect(faultsOf(value)).toEqual([fault]);
  });

  test('never shows a password or a hash in a fault', () => {
    const secrets = { password: 'hunter2-secret', password_hash: '$2b$12$hunter2-secret' };
    const result = read({ email: 'ada@example.com', ...secrets });
    expect(result).toHaveProperty('faults');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('has an answer to every JSON (property)', () => {
    const names = [
      'id',
      'email',
      'username',
      'roles',
      'groups',
      'password',
      'password_hash',
      'created_at',
      'address',
    ];
    const object = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(object, fc.jsonValue()), (value) => {
        const result = read(JSON.stringify(value));
        expect('account' in result ? result.account.email.includes('@') : result.faults.length > 0).toBe(
          true,
        );
      }),
    );
  });
});
