import { argon2id, hash, needsRehash, verify } from 'argon2';
import { randomBytes } from 'node:crypto';
import { DomainError } from '../domain/errors.js';
import type { PasswordHasher } from '../domain/accounts/password-hasher.js';

export interface Argon2Options {
  /** KiB; default 19456, which is 19 MiB. */
  readonly memory?: number;
  /** Passes over the memory; default 2. */
  readonly passes?: number;
  /** Hashes at a time; default 2, so that two of libuv's four threads stay free for signatures and files. */
  readonly concurrency?: number;
  /** Hashes that may wait for their turn; default 64, about two seconds on two cores. */
  readonly queueLength?: number;
  /** Finds out how a hash of another system is verified; undefined for a hash that it does not know. */
  readonly foreignVerification?: (
    passwordHash: string,
  ) => ((password: string) => Promise<boolean>) | undefined;
}

/** How busy the hasher is now. */
export interface HasherLoad {
  readonly running: number;
  /** Hashes that wait for their turn. */
  readonly waiting: number;
}

const LANES = 1;

/**
 * A hasher of passwords with argon2id, a few at a time.
 * @see RFC 9106
 * @see OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, 2 passes, 1 lane)
 */
export function createArgon2PasswordHasher(
  options: Argon2Options = {},
): PasswordHasher & { readonly load: () => HasherLoad } {
  const { memory = 19_456, passes = 2, concurrency = 2, queueLength = 64 } = options;
  const parameters = { type: argon2id, memoryCost: memory, timeCost: passes, parallelism: LANES };
  const { inTurn, load } = createTurns(concurrency, queueLength);
  const decoy = decoyHash(memory, passes);

  return {
    load,
    hash: (password) => inTurn(() => hash(password, parameters)),
    async verify(passwordHash, password) {
      const verifyForeign =
        passwordHash === undefined ? undefined : options.foreignVerification?.(passwordHash);
      if (verifyForeign !== undefined) {
        // A foreign hash that does not match costs an argon2 on top, as a renewal does where it matches: the quick
        // ones among them must not tell that there is an account.
        return inTurn(async () => (await verifyForeign(password)) || (await verify(decoy, password)));
      }
      const comparable = passwordHash?.startsWith('$argon2') === true ? passwordHash : undefined;
      const matches = await inTurn(() => verify(comparable ?? decoy, password));
      return matches && comparable !== undefined;
    },
    needsRehash: (passwordHash) =>
      !passwordHash.startsWith('$argon2id$') || needsRehash(passwordHash, parameters),
  };
}

/** A PHC string with today's parameters that no password matches, but for a chance of one in 2^256. */
function decoyHash(memory: number, passes: number): string {
  const encoded = (length: number): string => randomBytes(length).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${LANES}$${encoded(16)}$${encoded(32)}`;
}

/** Lets at most so many works run at a time and so many wait, first come first served. */
function createTurns(concurrency: number, queueLength: number) {
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (waiting.length >= queueLength) {
        throw new DomainError('overloaded', 'Too many passwords wait to be checked. Try again in a moment.');
      }
      // The turn is handed over by whoever finishes, who does not count itself out.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
  return { inTurn, load: (): HasherLoad => ({ running, waiting: waiting.length }) };
}
