import { createArgon2PasswordHasher } from '../../src/security/argon2-password-hasher.js';

/** Cheap parameters, where the work itself is not the matter. */
const CHEAP = { memory: 1024, passes: 1 };

describe('the argon2 password hasher', () => {
  test('hashes with argon2id, 19 MiB, 2 passes and a salt of its own (OWASP ASVS V11.4.2)', async () => {
    const hasher = createArgon2PasswordHasher();
    const [one, other] = await Promise.all([hasher.hash('a password'), hasher.hash('a password')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await hasher.verify(one, 'a password')).toBe(true);
    expect(await hasher.verify(one, 'A password')).toBe(false);
    expect(await hasher.verify(one, '')).toBe(false);
  });

  test.each([[undefined], ['not a hash'], ['']])('nothing matches %p', async (passwordHash) => {
    const hasher = createArgon2PasswordHasher(CHEAP);
    expect(await hasher.verify(passwordHash, '')).toBe(false);
    expect(await hasher.verify(passwordHash, 'a password')).toBe(false);
  });

  test('knows what was made with other parameters', async () => {
    const hasher = createArgon2PasswordHasher(CHEAP);
    expect(hasher.needsRehash(await hasher.hash('x'))).toBe(false);
    const today = createArgon2PasswordHasher({ memory: 2048, passes: 1 });
    const old = await hasher.hash('a password');
    expect(today.needsRehash(old)).toBe(true);
    expect(await today.verify(old, 'a password')).toBe(true);
    expect(today.needsRehash(old.replace('$argon2id$', '$argon2i$'))).toBe(true);
    expect(today.needsRehash('not a hash')).toBe(true);
  });

  test('refuses what finds neither a place to run nor one to wait, and only that', async () => {
    const hasher = createArgon2PasswordHasher({ ...CHEAP, concurrency: 2, queueLength: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => hasher.hash('x')));
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill('fulfilled'),
      ...Array<string>(3).fill('rejected'),
    ]);
    expect(outcomes[7]).toMatchObject({ reason: { code: 'overloaded' } });
    await expect(Promise.all([1, 2, 3, 4, 5].map(() => hasher.verify(undefined, 'x')))).resolves.toHaveLength(
      5,
    );
  });

  test('a failure gives its turn to the next', async () => {
    const hasher = createArgon2PasswordHasher({ ...CHEAP, concurrency: 1, queueLength: 3 });
    const broken = '$argon2id$v=19$m=1,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA';
    const outcomes = await Promise.allSettled([
      hasher.verify(broken, 'x'),
      hasher.verify(broken, 'x'),
      hasher.verify(undefined, 'x'),
    ]);
    expect(outcomes[2]).toEqual({ status: 'fulfilled', value: false });
  });
});
