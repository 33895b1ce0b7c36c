import { fetchClientLogos } from '../domain/branding/fetch-client-logos.js';
import { MAX_LOGO_BYTES } from '../domain/branding/image-type.js';
import { BRAND_IMAGES, brandImageId } from '../domain/branding/brand-image.js';
import { logoPath } from '../http/logos.js';
import type { StaticAssets } from '../http/static-assets.js';
import { errorFields, type Logger } from '../observability/logger.js';
import type { Tracing } from '../observability/tracing.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import { createGuardedFetch } from '../upstream/guarded-fetch.js';
import type { Application } from './application.js';

/** Milliseconds that fetching a logo may take. */
const TIMEOUT = 5_000;

/**
 * Fetches the logos of clients, and images of the branding that are elsewhere, when they are due: at the start, when a
 * client changes on any instance, and for the housekeeping. Images that any instance has fetched are shown by all.
 * @see OWASP ASVS 5.0 V1.3.6 (server-side request forgery)
 */
export async function openLogos(
  { stores, declaredClients, clock, config }: Application,
  parts: {
    readonly changes: ChangeFeed;
    readonly logger: Logger;
    readonly tracing: Tracing | undefined;
    readonly assets: Pick<StaticAssets, 'useImage'>;
  },
): Promise<() => Promise<void>> {
  const { changes, logger, tracing, assets } = parts;
  const { remoteImages } = config.branding;
  const remote = BRAND_IMAGES.filter((name) => remoteImages[name] !== undefined);
  const wanted = [
    ...declaredClients,
    ...remote.map((name) => ({
      clientId: brandImageId(name),
      metadata: { logo_uri: remoteImages[name] ?? '' },
    })),
  ];
  const showImages = async (): Promise<void> => {
    for (const name of remote) {
      const found = await stores.clientLogos.find(brandImageId(name));
      if (found) assets.useImage(name, logoPath(found));
    }
  };
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
    const deps = { clientLogos: stores.clientLogos, declaredClients: wanted, fetchImage, clock };
    const failed = await fetchClientLogos(deps);
    await showImages();
    for (const clientId of failed) {
      if (remote.some((name) => brandImageId(name) === clientId)) {
        logger.warn('an image of the branding could not be fetched', { clientId });
      } else logger.warn('the logo of a client could not be fetched', { clientId });
    }
  };
  let running: Promise<void> | undefined;
  const refreshOnce = (): Promise<void> =>
    (running ??= refresh().finally(() => {
      running = undefined;
    }));
  const telling = (work: () => Promise<void>): void => {
    work().catch((error: unknown) => {
      logger.warn('logos cannot be fetched', errorFields(error));
    });
  };
  changes.onChange('client', () => {
    telling(refreshOnce);
  });
  if (remote.length > 0) {
    changes.onChange('client-logo', () => {
      telling(showImages);
    });
    // What is there is shown at once; nobody waits for what has to be fetched.
    await showImages();
    telling(refreshOnce);
  }
  return refreshOnce;
}
