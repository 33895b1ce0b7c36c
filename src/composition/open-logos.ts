import { fetchClientLogos } from '../domain/branding/fetch-client-logos.js';
import { MAX_LOGO_BYTES } from '../domain/branding/image-type.js';
import { errorFields, type Logger } from '../observability/logger.js';
import type { Tracing } from '../observability/tracing.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import { createGuardedFetch } from '../upstream/guarded-fetch.js';
import type { Application } from './application.js';

/** Milliseconds that fetching a logo may take. */
const TIMEOUT = 5_000;

/**
 * Fetches the logos of clients that are due: when a client changes on any instance, and for the housekeeping.
 * @see OWASP ASVS 5.0 V1.3.6 (server-side request forgery)
 */
export function openLogos(
  { stores, declaredClients, clock, config }: Application,
  parts: {
    readonly changes: ChangeFeed;
    readonly logger: Logger;
    readonly tracing: Tracing | undefined;
  },
): () => Promise<void> {
  const { changes, logger, tracing } = parts;
  const fetch = createGuardedFetch({
    allowLoopback: config.mode !== 'production',
    allowPrivate: false,
    trace: tracing?.outbound,
  });
  const fetchImage = async (uri: string): Promise<Uint8Array> => {
    const answer = await fetch(uri, {
      method: 'GET',
      headers: { accept: 'image/png, image/webp, image/jpeg, image/svg+xml' },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (answer.status !== 200) throw new Error(`The logo's server answered ${answer.status}.`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length > MAX_LOGO_BYTES) throw new Error('The logo is too large.');
    return bytes;
  };
  const refresh = async (): Promise<void> => {
    const deps = { clientLogos: stores.clientLogos, declaredClients, fetchImage, clock };
    for (const clientId of await fetchClientLogos(deps)) {
      logger.warn('the logo of a client could not be fetched', { clientId });
    }
  };
  let running: Promise<void> | undefined;
  const refreshOnce = (): Promise<void> =>
    (running ??= refresh().finally(() => {
      running = undefined;
    }));
  changes.onChange('client', () => {
    refreshOnce().catch((error: unknown) => {
      logger.warn('logos cannot be fetched', errorFields(error));
    });
  });
  return refreshOnce;
}
