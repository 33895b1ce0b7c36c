import type Provider from 'oidc-provider';
import { epochSeconds, type Clock } from '../domain/clock.js';

type LibraryClient = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

/** Seconds between two fetches for the sake of keys that are not known: anybody can name one. */
const BETWEEN_FETCHES = 30;

/** What the library keeps of the keys at a client's `jwks_uri`, as far as it is used here. */
interface KeptKeys {
  /** Epoch seconds; later, a key that does not verify has the keys fetched again. */
  freshUntil?: number;
  /** Whether they are not to be fetched again yet. */
  fresh(): boolean;
  selectForVerify(wanted: { readonly alg?: string; readonly kid?: string }): readonly unknown[];
}

/**
 * Has the keys of a client be fetched again when it signs with one that is not among them, as it does after it has put
 * another key in place. The library would refuse it for as long as it keeps the keys, a minute or more.
 * @see OpenID Connect Core 1.0 §10.1.1
 */
export function fetchUnfamiliarKeys(client: LibraryClient, clock: Clock): void {
  if (client.jwksUri === undefined) return;
  const keys: unknown = Reflect.get(client, 'asymmetricKeyStore');
  if (!isKeptKeys(keys)) throw new TypeError('The library keeps the keys of clients in another way.');
  const select = keys.selectForVerify.bind(keys);
  let fetchedAt = -Infinity;
  keys.selectForVerify = (wanted) => {
    const found = select(wanted);
    const now = epochSeconds(clock.now());
    const isUnfamiliar = found.length === 0 && wanted.kid !== undefined && keys.fresh();
    if (isUnfamiliar && now - fetchedAt >= BETWEEN_FETCHES) {
      fetchedAt = now;
      keys.freshUntil = 0;
    }
    return found;
  };
}

function isKeptKeys(value: unknown): value is KeptKeys {
  return typeof value === 'object' && value !== null && 'selectForVerify' in value && 'fresh' in value;
}
