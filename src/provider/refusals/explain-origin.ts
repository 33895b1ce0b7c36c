import type { KoaContextWithOIDC } from 'oidc-provider';
import { isWebOrigin } from '../../domain/clients/web-uri.js';
import { clientTraits } from '../client-metadata.js';
import type { Explanation } from './explanation.js';

/** Whether the library refused a call from a browser, because the origin is not the client's. */
export function isRefusedOrigin(reason: string): boolean {
  return /^origin .* not allowed for client: /.test(reason);
}

/** A web page of an origin that is not the client's called. @see Fetch Standard §3.2 (CORS protocol) */
export function explainOrigin(ctx: KoaContextWithOIDC): Explanation | undefined {
  const { client } = ctx.oidc;
  if (!client) return undefined;
  const origin = ctx.get('origin');
  const registered = clientTraits(client).allowedOrigins;
  const options = [...registered, origin].map((allowed) => `--allowed-origin ${allowed}`);
  return [
    { label: 'Registered', value: registered.join(' ') || 'none, beside the redirect URIs of a spa' },
    isWebOrigin(origin) && /^[\w.:/[\]-]+$/.test(origin)
      ? {
          label: 'Add it',
          value: `latchkey client update ${client.clientId} ${options.join(' ')}`,
          unlogged: true,
        }
      : {
          label: 'Why',
          value: 'a sandboxed frame and a local file have the origin null, which is never allowed',
        },
  ];
}
