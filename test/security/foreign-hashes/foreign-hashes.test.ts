import { createArgon2PasswordHasher } from '../../../src/security/argon2-password-hasher.js';
import { foreignHashReader } from '../../../src/security/foreign-hashes/foreign-hash-reader.js';
import { foreignVerification } from '../../../src/security/foreign-hashes/open-foreign-hash.js';
import type { JsonValue } from '../../../src/domain/json.js';

const PASSWORD = 'grüne Äpfel im Mai';
const SALT_HEX = 'c8c9cacbcccdcecfd0d1d2d3d4d5d6d7';

const FIREBASE = {
  algorithm: 'firebase-scrypt',
  signer_key: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  salt_separator: 'Bw==',
  rounds: 8,
  mem_cost: 14,
  salt: '42xEC+ixf3L2lw==',
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
};

/** Made by other programs than this one; which one is said of each. */
const KNOWN: readonly (readonly [name: string, given: JsonValue, password: string])[] = [
  [
    'bcrypt $2b$ (crypt of libxcrypt)',
    '$2b$06$R7fGq2mN0pXcVbLkJhTdEu2sD55LsNI.OKvfUj9v69T8sWYJ4ya5i',
    PASSWORD,
  ],
  [
    'bcrypt $2a$ (crypt of libxcrypt)',
    '$2a$06$R7fGq2mN0pXcVbLkJhTdEu2sD55LsNI.OKvfUj9v69T8sWYJ4ya5i',
    PASSWORD,
  ],
  [
    'bcrypt $2y$ (crypt of libxcrypt)',
    '$2y$06$R7fGq2mN0pXcVbLkJhTdEu2sD55LsNI.OKvfUj9v69T8sWYJ4ya5i',
    PASSWORD,
  ],
  [
    'bcrypt as Django has it',
    'bcrypt$$2b$06$R7fGq2mN0pXcVbLkJhTdEu2sD55LsNI.OKvfUj9v69T8sWYJ4ya5i',
    PASSWORD,
  ],
  [
    'scrypt, N=2^10 (passlib)',
    '$scrypt$ln=10,r=8,p=1$es95T8nZW2tN6f1f6/1/rw$2+nOBlJGMMP9QXlTGqGLwpJ5DD8z6pNuLVdegqCibVk',
    PASSWORD,
  ],
  [
    'scrypt, ten lanes (hashlib)',
    '$scrypt$ln=13,r=8,p=10$yMnKy8zNzs/Q0dLT1NXW1w$t76Ou+Y/4QZqAEdeeRvfK2SrL1hOwX/UMKRWklmlpz8',
    PASSWORD,
  ],
  [
    'scrypt, 128 MiB (hashlib)',
    '$scrypt$ln=17,r=8,p=1$yMnKy8zNzs/Q0dLT1NXW1w$FiBRv41xTHN6QFqFBSOgyoFY9fYH0XWlJpg60e5GvJ8',
    PASSWORD,
  ],
  [
    'scrypt (RFC 7914 §12, third vector)',
    '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    'pleaseletmein',
  ],
  ['Firebase scrypt (README of firebase/scrypt)', FIREBASE, 'user1password'],
  [
    'PBKDF2-SHA256 (passlib, as the Flask service stored it)',
    '$pbkdf2-sha256$29000$xZjz3vs/xzgnRIjxPgeAMA$f6UUvj7/2gkaFd5OgSBmmspHlcSWp1VY7khDUQs./sU',
    PASSWORD,
  ],
  [
    'PBKDF2-SHA512 (passlib)',
    '$pbkdf2-sha512$5000$H6N0LqW0tlYKwfifE6I0Rg$T6SsOufnEkyZ8sW3iQhKr72XaHe2CsGeKbk5H3.TfJz4ZjeNmzUHOGpI4ecDHiUd6kuP3Bi1zH33dbNV2xTnRw',
    PASSWORD,
  ],
  ['PBKDF2-SHA1 (passlib)', '$pbkdf2$5000$3nsvZQyhtHau9f7fG4OQcg$9543qNKuVhJooGVmvtUGMDv21Tk', PASSWORD],
  ['PBKDF2-SHA1 (RFC 6070, second vector)', '$pbkdf2-sha1$2$c2FsdA$6mwBTcctb4zNHtkqzh1B8NjeiVc', 'password'],
  [
    'PBKDF2-SHA256 with names of parameters (hashlib)',
    '$pbkdf2-sha256$i=29000,l=32$yMnKy8zNzs/Q0dLT1NXW1w$EWzQKPqmCpQ7g4+CmNH9UwOP14lWo/4BTLhArbds5/U',
    PASSWORD,
  ],
  [
    'Django PBKDF2-SHA256 (hashlib)',
    'pbkdf2_sha256$600000$5yZ0q1TtUVsz$iciIRkIAK0Z9hzyCTRH8FJ5InEQZYCBUzy/WQDAzoU0=',
    PASSWORD,
  ],
  [
    'Django PBKDF2-SHA256 (passlib)',
    'pbkdf2_sha256$5000$VOAZFY6zchnt$rol+kmj1eIispjEpupoZUHF7oJzIhjH2zp0L5lCd2ow=',
    PASSWORD,
  ],
  ['Django PBKDF2-SHA1 (hashlib)', 'pbkdf2_sha1$1000$5yZ0q1TtUVsz$4uXZSjGCj+NZx6yRz01BtkK8kqQ=', PASSWORD],
  [
    'argon2id with other parameters (argon2-cffi)',
    '$argon2id$v=19$m=65536,t=3,p=4$yMnKy8zNzs/Q0dLT1NXW1w$SilxXyuzpPznFMeQly0C/4ZNWumBOwVWpP5T1LZGpyg',
    PASSWORD,
  ],
  [
    'argon2i (argon2-cffi)',
    '$argon2i$v=19$m=1024,t=2,p=1$yMnKy8zNzs/Q0dLT1NXW1w$KIgZDUdJx9ztPViCM9PM9KPV3Q+Zd8NlB8h/3WQLRJw',
    PASSWORD,
  ],
  [
    'argon2d (argon2-cffi)',
    '$argon2d$v=19$m=1024,t=2,p=1$yMnKy8zNzs/Q0dLT1NXW1w$OplvmPe6iGnHsN7R8rodgnM10gPDVGMuN3AVqznMa04',
    PASSWORD,
  ],
  [
    'argon2i of the version before (argon2-cffi)',
    '$argon2i$v=16$m=1024,t=2,p=1$yMnKy8zNzs/Q0dLT1NXW1w$EmnvzsDFwuhS1RUf2EMfyZ3ITUIrI2bAD4W1EV6lw9M',
    PASSWORD,
  ],
  [
    'argon2i without a version, which is that before',
    '$argon2i$m=1024,t=2,p=1$yMnKy8zNzs/Q0dLT1NXW1w$EmnvzsDFwuhS1RUf2EMfyZ3ITUIrI2bAD4W1EV6lw9M',
    PASSWORD,
  ],
  ['{SSHA} (passlib)', '{SSHA}RegYcwK8KbAxEpXS2/x2WeHQyZY15rx3', PASSWORD],
  ['{SSHA256} (hashlib)', '{SSHA256}EAoGRwmX+sWkwS4xuslgYSmEd65o5MTiwTH7dxzDufDIycrLzM3Ozw==', PASSWORD],
  [
    '{SSHA384} (hashlib)',
    '{SSHA384}Wh8mfVw0+clBThQiSh1ws99k+gTW3k4iXCpc8HGqyIi8tFVzWvdMGsCzEyL+y9s9yMnKy8zNzs8=',
    PASSWORD,
  ],
  [
    '{ssha512} (hashlib)',
    '{ssha512}yRgNMJgJCbaBSh6IbNdybYLBxQWDC4Hp8Cb0XvFsRRHBIePVVsaAB+F1XtVY6WmstCm5tv7BXHagXsQ3JbvygMjJysvMzc7P',
    PASSWORD,
  ],
  [
    'hexadecimal SHA-256 with the salt before (hashlib)',
    {
      algorithm: 'salted-sha256',
      salt: 'pepper-and-salt',
      hash: '13c8387583b0819051a2396177607909b88ba6bd6b1fe485f384a164b5e8e1a8',
    },
    PASSWORD,
  ],
  [
    'hexadecimal SHA-512 with the salt after (hashlib)',
    {
      algorithm: 'salted-sha512',
      salt: SALT_HEX,
      salt_encoding: 'hex',
      salt_position: 'after',
      hash: 'abbc6f7dce3443d64c0b139cfb6a46a0bea3049925691e8f729536a78e78917881fa482dfebfbffaa77150418da1d1fa7b301d5f33493a3b7b6f998a7a1e3765',
    },
    PASSWORD,
  ],
];

const hasher = createArgon2PasswordHasher({ memory: 1024, passes: 1, foreignVerification });

function storedForm(given: JsonValue): string {
  const read = foreignHashReader.read(given);
  if ('passwordHash' in read) return read.passwordHash;
  throw new Error(`${read.code}: ${read.detail}`);
}

describe('hashes of other systems', () => {
  test.each(KNOWN)(
    '%s: the password matches, others do not, and it is due for renewal',
    async (_, given, password) => {
      const stored = storedForm(given);
      expect(storedForm(stored)).toBe(stored);
      expect(await hasher.verify(stored, password)).toBe(true);
      for (const wrong of [`${password} `, password.toUpperCase(), '']) {
        expect(await hasher.verify(stored, wrong)).toBe(false);
      }
      expect(hasher.needsRehash(stored)).toBe(true);
    },
  );

  test('without knowledge of them no hash matches but argon2', async () => {
    const plain = createArgon2PasswordHasher({ memory: 1024, passes: 1 });
    expect(await plain.verify(storedForm(FIREBASE), 'user1password')).toBe(false);
  });

  test('of a bcrypt password the first 72 octets count', async () => {
    const hash = '$2b$05$R7fGq2mN0pXcVbLkJhTdEuGBxAOXHtXN12V/nZuVK//MdM8Qa8sme';
    expect(await hasher.verify(hash, 'x'.repeat(72))).toBe(true);
    expect(await hasher.verify(hash, 'x'.repeat(71))).toBe(false);
    expect(await hasher.verify(hash, 'x'.repeat(73))).toBe(true);
  });

  test('they stand in the same queue as our own', async () => {
    const narrow = createArgon2PasswordHasher({
      memory: 1024,
      passes: 1,
      concurrency: 1,
      queueLength: 1,
      foreignVerification,
    });
    const hash = storedForm('{SSHA}RegYcwK8KbAxEpXS2/x2WeHQyZY15rx3');
    const outcomes = await Promise.allSettled([
      narrow.hash('x'),
      narrow.verify(hash, PASSWORD),
      narrow.verify(hash, PASSWORD),
    ]);
    expect(outcomes[1]).toMatchObject({ value: true });
    expect(outcomes[2]).toMatchObject({ reason: { code: 'overloaded' } });
  });
});

describe('foreignHashReader', () => {
  const salt = 'yMnKy8zNzs/Q0dLT1NXW1w';
  const hash = 'EmnvzsDFwuhS1RUf2EMfyZ3ITUIrI2bAD4W1EV6lw9M';

  test.each([
    ['bcrypt of cost 16', `$2b$16$${'a'.repeat(53)}`],
    ['bcrypt of cost 31', `$2b$31$${'a'.repeat(53)}`],
    ['scrypt with 256 MiB', `$scrypt$ln=18,r=8,p=1$${salt}$${hash}`],
    ['scrypt with many lanes', `$scrypt$ln=14,r=8,p=17$${salt}$${hash}`],
    ['scrypt with N beyond every number', `$scrypt$ln=63,r=9999,p=9999$${salt}$${hash}`],
    ['Firebase scrypt with 256 MiB', { ...FIREBASE, mem_cost: 18 }],
    ['Firebase scrypt with many rounds', { ...FIREBASE, rounds: 9999 }],
    ['PBKDF2 with many iterations', `$pbkdf2-sha256$4000001$${salt}$${hash}`],
    ['PBKDF2 with the most digits', `$pbkdf2-sha512$9999999999$${salt}$${hash}`],
    ['PBKDF2 with many blocks', `$pbkdf2$2000001$${salt}$${hash}`],
    ['Django PBKDF2 with many iterations', `pbkdf2_sha256$4000001$salt$${hash}`],
    ['argon2 with 1 GiB', `$argon2id$v=19$m=1048576,t=1,p=1$${salt}$${hash}`],
    ['argon2 with many passes', `$argon2id$v=19$m=131072,t=9,p=1$${salt}$${hash}`],
    ['argon2 with little memory and very many passes', `$argon2id$v=19$m=8,t=999999999,p=1$${salt}$${hash}`],
    ['argon2 with many lanes', `$argon2id$v=19$m=4096,t=1,p=17$${salt}$${hash}`],
  ])('refuses %s, for it would cost too much', (_, given) => {
    expect(foreignHashReader.read(given)).toMatchObject({ code: 'hash_too_costly' });
  });

  test.each<[string, JsonValue]>([
    ['bcrypt cut short', '$2b$12$abc'],
    ['bcrypt with a line after it', `$2b$12$${'a'.repeat(53)}\nx`],
    ['bcrypt of cost 3', `$2b$03$${'a'.repeat(53)}`],
    ['bcrypt of cost 99', `$2b$99$${'a'.repeat(53)}`],
    ['bcrypt $2x$, which is flawed', `$2x$12$${'a'.repeat(53)}`],
    ['scrypt without a hash', `$scrypt$ln=16,r=8,p=1$${salt}`],
    ['scrypt with ln=0', `$scrypt$ln=0,r=8,p=1$${salt}$${hash}`],
    ['scrypt with signs that are not Base64', `$scrypt$ln=10,r=8,p=1$${salt}$${hash.slice(1)}!`],
    ['a hash of so few octets that much would match', `$pbkdf2-sha256$29000$${salt}$AAAA`],
    ['a hash of very many octets', `$pbkdf2-sha256$1$${salt}$${'A'.repeat(200)}`],
    ['PBKDF2 with an unknown digest', `$pbkdf2-md5$29000$${salt}$${hash}`],
    ['PBKDF2 with no iterations', `$pbkdf2-sha256$0$${salt}$${hash}`],
    ['PBKDF2 with negative iterations', `$pbkdf2-sha256$-1$${salt}$${hash}`],
    ['Django without salt', `pbkdf2_sha256$1000$$${hash}`],
    ['Django with another digest', `pbkdf2_md5$1000$salt$${hash}`],
    ['argon2 without parameters', `$argon2id$${salt}$${hash}`],
    ['argon2 of an unknown version', `$argon2id$v=18$m=1024,t=1,p=1$${salt}$${hash}`],
    ['argon2 with a secret', `$argon2id$v=19$m=1024,t=1,p=1,keyid=AAAA$${salt}$${hash}`],
    ['argon2 with less memory than lanes need', `$argon2id$v=19$m=8,t=1,p=2$${salt}$${hash}`],
    ['argon2 with a short salt', `$argon2id$v=19$m=1024,t=1,p=1$AAAA$${hash}`],
    ['{SSHA} without salt', '{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['{SSHA} that is not Base64', '{SSHA}????'],
    ['Firebase without a key', { ...FIREBASE, signer_key: '' }],
    ['Firebase with a number as text', { ...FIREBASE, rounds: '8' }],
    ['Firebase with a hash of another length', { ...FIREBASE, hash: 'AAAA' }],
    ['Firebase with a stray member', { ...FIREBASE, pepper: 'x' }],
    ['salted SHA without salt', { algorithm: 'salted-sha256', salt: '', hash: 'aa'.repeat(32) }],
    ['salted SHA of another length', { algorithm: 'salted-sha256', salt: 'x', hash: 'aa'.repeat(20) }],
    [
      'salted SHA with hex that is none',
      { algorithm: 'salted-sha256', salt: 'x', salt_encoding: 'hex', hash: 'aa'.repeat(32) },
    ],
    [
      'salted SHA with the salt elsewhere',
      { algorithm: 'salted-sha256', salt: 'x', salt_position: 'both', hash: 'aa'.repeat(32) },
    ],
  ])('refuses %s as malformed, and says how it must look', (_, given) => {
    const read = foreignHashReader.read(given);
    expect(read).toMatchObject({ code: 'hash_malformed' });
    expect(JSON.stringify(read)).not.toContain(hash);
  });

  test.each<[JsonValue]>([
    [''],
    ['5f4dcc3b5aa765d61d8327deb882cf99'],
    ['{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='],
    ['$1$salt$hash'],
    ['$fake$x'],
    [`$2b$${'x'.repeat(5000)}`],
    [{ algorithm: 'salted-md5', salt: 'x', hash: 'x' }],
    [{ algorithm: 'rot13' }],
    [{}],
    [[]],
    [null],
    [7],
  ])('does not know %j', (given) => {
    expect(foreignHashReader.read(given)).toMatchObject({ code: 'hash_unknown' });
  });

  test('takes the hashes that the product itself makes', async () => {
    const own = await createArgon2PasswordHasher().hash(PASSWORD);
    expect(foreignHashReader.read(own)).toEqual({ passwordHash: own });
  });
});
