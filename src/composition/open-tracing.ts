import type { Config } from '../config/config.js';
import type { PasswordHasher } from '../domain/accounts/password-hasher.js';
import { VERSION } from '../domain/version.js';
import type { Tracing } from '../observability/tracing.js';

/** Begins to follow requests; undefined where no collector is configured. */
export async function openTracing({ tracing }: Config): Promise<Tracing | undefined> {
  if (!tracing) return undefined;
  // Loaded on demand: it brings a dozen packages along.
  const { createOtlpTracing } = await import('../observability/otlp-tracing.js');
  return createOtlpTracing({ ...tracing, version: VERSION });
}

/** The hasher, with its work in spans: of what a sign-in does, it takes longest. */
export function tracedHasher<Hasher extends PasswordHasher>(
  hasher: Hasher,
  tracing: Pick<Tracing, 'within'> | undefined,
): Hasher {
  if (!tracing) return hasher;
  return {
    ...hasher,
    hash: (password) => tracing.within('hash password', {}, () => hasher.hash(password)),
    verify: (passwordHash, password) =>
      tracing.within('verify password', {}, () => hasher.verify(passwordHash, password)),
  };
}
