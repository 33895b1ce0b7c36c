import {
  ensureSigningKeys,
  type SigningKeyDependencies,
} from '../domain/signing-keys/ensure-signing-keys.js';
import { nextKeyChange, signingKeyStatus, type SigningKey } from '../domain/signing-keys/signing-key.js';
import type { SigningKeyStore } from '../domain/signing-keys/signing-key-store.js';
import { errorFields, type Logger } from '../observability/logger.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import type { Outages } from './follow-outages.js';

/** What is built from the signing keys, built anew whenever another key is published or begins to sign. */
export interface FollowedKeys<Built> {
  readonly current: () => Built;
  /** The keys that it is built from. */
  readonly signingKeys: () => readonly SigningKey[];
  readonly stop: () => void;
}

/** Milliseconds after which keys that could not be read are read again. */
const AGAIN_MS = 2_000;

/** Timers of Node hold no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Keeps what is built from the signing keys up to date: with changes on any instance, and with the moments that were
 * planned when the keys were made.
 */
export async function followSigningKeys<Built>(
  application: SigningKeyDependencies & {
    readonly stores: { readonly signingKeys: Pick<SigningKeyStore, 'list'> };
  },
  parts: {
    readonly changes: ChangeFeed;
    readonly logger: Logger;
    readonly outages: Pick<Outages, 'noticed'>;
    readonly build: (signingKeys: readonly SigningKey[]) => Built;
  },
): Promise<FollowedKeys<Built>> {
  const { changes, logger, outages, build } = parts;
  const { clock, stores } = application;
  let timer: NodeJS.Timeout | undefined;
  let rebuilding = false;
  let changedMeanwhile = false;
  let taken: readonly SigningKey[] = [];
  let takenAs = '';

  /** Comes back at the moment at which the next of them begins or ceases to sign. */
  const plan = (signingKeys: readonly SigningKey[]): void => {
    const now = clock.now();
    const next = nextKeyChange(signingKeys, now);
    clearTimeout(timer);
    if (!next) return;
    const wait = Math.min(next.getTime() - now.getTime() + 1, LONGEST_TIMER_MS);
    timer = setTimeout(changed, wait).unref();
  };
  const take = (signingKeys: readonly SigningKey[]): Built => {
    const rebuilt = build(signingKeys);
    taken = signingKeys;
    takenAs = describeKeys(signingKeys, clock.now());
    return rebuilt;
  };
  const rebuild = async (): Promise<void> => {
    const signingKeys = await stores.signingKeys.list();
    plan(signingKeys);
    // Somebody may have told of keys that are known here, or the database may have been away.
    if (describeKeys(signingKeys, clock.now()) === takenAs) return;
    built = take(signingKeys);
    logger.info('signing keys changed', { count: signingKeys.length });
  };
  function changed(): void {
    // Changes that arrive while one is being taken in are taken in after it, together.
    changedMeanwhile = rebuilding;
    if (rebuilding) return;
    rebuilding = true;
    rebuild()
      .catch((error: unknown) => {
        if (!outages.noticed(error)) logger.error('signing keys cannot be read', errorFields(error));
        clearTimeout(timer);
        timer = setTimeout(changed, AGAIN_MS).unref();
      })
      .finally(() => {
        rebuilding = false;
        if (changedMeanwhile) changed();
      });
  }
  changes.onChange('signing-key', changed);
  changes.onListening(changed);
  const signingKeys = await ensureSigningKeys(application);
  plan(signingKeys);
  let built = take(signingKeys);

  return {
    current: () => built,
    signingKeys: () => taken,
    stop: () => {
      clearTimeout(timer);
    },
  };
}

/** What makes a difference to whoever signs and publishes: which keys there are, and where each stands in its life. */
function describeKeys(signingKeys: readonly SigningKey[], now: Date): string {
  return JSON.stringify(
    signingKeys.map((key) => [key.kid, key.signsFrom, key.retiredAt, signingKeyStatus(key, now)]),
  );
}
