import type { Client } from '../clients/client.js';
import type { Clock } from '../clock.js';
import type { ClientLogoStore } from './client-logo-store.js';
import { detectImageType, MAX_LOGO_BYTES } from './image-type.js';

/** Milliseconds after which a logo is fetched again. */
const DAY = 24 * 60 * 60 * 1000;
/** Milliseconds after which a fetch that failed is tried again. */
const HOUR = 60 * 60 * 1000;
/** Logos fetched in one go. */
const BATCH = 10;

export interface FetchClientLogosDeps {
  readonly clientLogos: Pick<ClientLogoStore, 'claimDue' | 'keepFetched' | 'purge'>;
  readonly declaredClients: readonly Pick<Client, 'clientId' | 'metadata'>[];
  /**
   * Fetches an image from wherever a client says, without reaching anything that is not public.
   * @throws {Error} when it cannot be had
   */
  readonly fetchImage: (uri: string) => Promise<Uint8Array>;
  readonly clock: Clock;
}

/**
 * Fetches the logos that are due: new ones, those whose address changed, and every day all others. A fetch that fails
 * leaves the logo that is there.
 * @returns clients whose logo could not be had
 */
export async function fetchClientLogos(deps: FetchClientLogosDeps): Promise<readonly string[]> {
  const declared = deps.declaredClients.map(({ clientId, metadata }) => ({
    clientId,
    uri: typeof metadata['logo_uri'] === 'string' ? metadata['logo_uri'] : undefined,
  }));
  await deps.clientLogos.purge(declared);
  const now = deps.clock.now();
  const due = await deps.clientLogos.claimDue(
    declared.flatMap(({ clientId, uri }) => (uri === undefined ? [] : [{ clientId, uri }])),
    { now, again: new Date(now.getTime() + HOUR), limit: BATCH },
  );
  const outcomes = await Promise.all(
    due.map(async (logo) => {
      try {
        const bytes = await deps.fetchImage(logo.uri);
        const type = detectImageType(bytes);
        if (type === undefined || bytes.length > MAX_LOGO_BYTES) return [logo.clientId];
        const at = { now: deps.clock.now(), again: new Date(deps.clock.now().getTime() + DAY) };
        await deps.clientLogos.keepFetched(logo, { type, bytes }, at);
        return [];
      } catch {
        return [logo.clientId];
      }
    }),
  );
  return outcomes.flat();
}
