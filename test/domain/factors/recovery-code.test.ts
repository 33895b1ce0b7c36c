import {
  generateRecoveryCodes,
  hashRecoveryCode,
  RECOVERY_CODES,
  tidyRecoveryCode,
} from '../../../src/domain/factors/recovery-code.js';

test('a set has ten different codes of 60 bits', () => {
  const codes = generateRecoveryCodes();
  expect(new Set(codes).size).toBe(RECOVERY_CODES);
  for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/);
});

test('is compared without regard to capitals, dashes, spaces, and letters that look like digits', () => {
  expect(tidyRecoveryCode(' K3VX 9m2p—7oiL ')).toBe('k3vx9m2p7011');
  expect(tidyRecoveryCode('k3vx-9m2p-7011')).toBe('k3vx9m2p7011');
});

test.each(['', 'k3vx-9m2p', 'k3vx-9m2p-70115', 'u3vx-9m2p-7011', 'k3vx-9m2p-701!'])(
  '%j is no code',
  (typed) => {
    expect(tidyRecoveryCode(typed)).toBeUndefined();
  },
);

test('a hash is bound to its account (S6)', () => {
  const hash = (text: string): Buffer => Buffer.from(text);
  expect(hashRecoveryCode(hash, 'one', 'k3vx9m2p7011')).not.toEqual(
    hashRecoveryCode(hash, 'two', 'k3vx9m2p7011'),
  );
});
