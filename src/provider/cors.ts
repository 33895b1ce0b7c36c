import { isWebOrigin } from '../domain/clients/web-uri.js';
import { clientTraits } from './client-metadata.js';
import { parseUrl } from '../domain/url.js';

/** What is read of the library's client. */
type CorsClient = Readonly<Record<string, unknown>> & {
  readonly redirectUris?: readonly string[] | undefined;
};

/**
 * For the library's `clientBasedCORS`: the origins that a client lists may call from a browser, and those of a single
 * page application's own redirect URIs. The library answers preflights before any client is known, for every origin;
 * they carry no credentials and change nothing, and the request that follows is checked here.
 * @param origin the `Origin` header
 * @see Fetch Standard §3.2 (CORS protocol)
 */
export function clientBasedCORS(_ctx: unknown, origin: string, client: CorsClient): boolean {
  // Sandboxed frames and local files all share the origin "null".
  if (origin === 'null' || !isWebOrigin(origin)) return false;
  const { type, allowedOrigins } = clientTraits(client);
  if (allowedOrigins.includes(origin)) return true;
  return type === 'spa' && (client.redirectUris ?? []).some((uri) => parseUrl(uri)?.origin === origin);
}
