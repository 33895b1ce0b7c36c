import { randomBytes } from 'node:crypto';

/** Bits after the time: 12 of `rand_a` and 62 of `rand_b`. */
const RANDOM_BITS = 74n;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Makes a source of UUIDv7: each id sorts after the one before it, within one millisecond and when the clock steps back.
 * @see RFC 9562 §5.7, §6.2 method 2
 */
export function createAccountIdSource(): (at: Date) => string {
  let lastTime = -1;
  let lastRandom = 0n;
  return (at) => {
    if (at.getTime() > lastTime) {
      lastTime = at.getTime();
      lastRandom = randomBits(RANDOM_BITS);
    } else {
      lastRandom += randomBits(32n) + 1n;
      if (lastRandom >> RANDOM_BITS > 0n) {
        lastTime += 1;
        lastRandom = randomBits(RANDOM_BITS);
      }
    }
    return format(lastTime, lastRandom);
  };
}

/** The source of ids of this process. */
export const newAccountId = createAccountIdSource();

/** Whether the text has the form of an account's id. */
export function isAccountId(text: string): boolean {
  return UUID.test(text);
}

/** The least id that an account made at this time can have. */
export function firstAccountId(at: Date): string {
  return format(Math.max(0, at.getTime()), 0n);
}

function randomBits(bits: bigint): bigint {
  return BigInt.asUintN(Number(bits), BigInt(`0x${randomBytes(10).toString('hex')}`));
}

function format(time: number, random: bigint): string {
  const version = 0x7n;
  const variant = 0b10n;
  const randA = random >> 62n;
  const randB = BigInt.asUintN(62, random);
  const value =
    (BigInt.asUintN(48, BigInt(time)) << 80n) | (version << 76n) | (randA << 64n) | (variant << 62n) | randB;
  const hex = value.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
