import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { ClientSecret } from './client.js';
import type { ClientSecretHasher } from './client-secret-hasher.js';

/** What every secret that is made here begins with, so that a scanner recognises one that has leaked. */
export const CLIENT_SECRET_PREFIX = 'lk_cs_';

/** A source of unguessable text. @returns 256 random bits in base64url */
export type RandomToken = () => string;

export interface CreateClientSecretDeps {
  readonly clock: Clock;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly randomToken: RandomToken;
}

/** A secret that was just made: the only moment at which its text is known. */
export interface CreatedClientSecret {
  readonly text: string;
  readonly secret: ClientSecret;
}

/** Makes a secret without an end; only its hash may be stored. */
export function createClientSecret(deps: CreateClientSecretDeps): CreatedClientSecret {
  const text = `${CLIENT_SECRET_PREFIX}${deps.randomToken()}`;
  return {
    text,
    secret: {
      id: randomUUID(),
      hash: deps.clientSecretHasher.hash(text),
      createdAt: deps.clock.now(),
      expiresAt: undefined,
    },
  };
}
