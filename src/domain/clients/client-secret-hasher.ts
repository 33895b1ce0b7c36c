import type { ClientSecret } from './client.js';

/** Turns client secrets into what may be stored, and compares. */
export interface ClientSecretHasher {
  /** @returns a keyed hash that says nothing about the secret to whoever lacks the key */
  hash(secret: string): string;
  /** Compares in a time that does not depend on how much of the secret is right. */
  matches(hash: string, secret: string): boolean;
}

/** Whether a secret is accepted at that time: its end is exclusive. */
export function isLive(secret: ClientSecret, at: Date): boolean {
  return secret.expiresAt === undefined || secret.expiresAt.getTime() > at.getTime();
}

/**
 * Whether one of the secrets is live at that time and is the presented one. Every live secret is compared, so that the
 * time taken does not tell which one matched.
 * @see RFC 6749 §2.3.1
 */
export function matchesLiveSecret(
  hasher: ClientSecretHasher,
  secrets: readonly ClientSecret[],
  presented: string,
  at: Date,
): boolean {
  return secrets
    .filter((secret) => isLive(secret, at))
    .map((secret) => hasher.matches(secret.hash, presented))
    .includes(true);
}
