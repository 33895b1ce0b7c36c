import { createClientSecretHasher } from '../../src/security/client-secret-hasher.js';

const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);

describe('createClientSecretHasher', () => {
  it('matches its own hash and nothing else', () => {
    const hasher = createClientSecretHasher([key]);
    const hash = hasher.hash('lk_cs_secret');
    expect(hasher.matches(hash, 'lk_cs_secret')).toBe(true);
    expect(hasher.matches(hash, 'lk_cs_secret ')).toBe(false);
    expect(hasher.matches(hash, '')).toBe(false);
    expect(hasher.matches(hash, 'x'.repeat(100_000))).toBe(false);
    expect(hash).not.toContain('lk_cs_secret');
  });

  it('gives the same hash after a restart with the same key, another one with another key', () => {
    const hash = createClientSecretHasher([key]).hash('s');
    expect(createClientSecretHasher([Buffer.from(key)]).hash('s')).toBe(hash);
    expect(createClientSecretHasher([otherKey]).matches(hash, 's')).toBe(false);
  });

  it('accepts what an earlier key hashed while that key is kept', () => {
    const hash = createClientSecretHasher([key]).hash('s');
    const rotated = createClientSecretHasher([otherKey, key]);
    expect(rotated.matches(hash, 's')).toBe(true);
    expect(rotated.hash('s')).not.toBe(hash);
  });

  it.each(['', 'plain', 'hmac-sha256:', 'hmac-sha256:AAAA', 'sha1:AAAA'])('refuses the hash %j', (hash) => {
    expect(createClientSecretHasher([key]).matches(hash, 's')).toBe(false);
  });

  it('refuses a short key', () => {
    expect(() => createClientSecretHasher([Buffer.alloc(31)])).toThrow(RangeError);
  });
});
