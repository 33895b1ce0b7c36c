import type { KoaContextWithOIDC } from 'oidc-provider';
import {
  explainRedirectUriMismatch,
  REDIRECT_URI_DIFFERENCES,
} from '../../domain/clients/explain-redirect-uri-mismatch.js';
import { redirectUriFault } from '../../domain/clients/redirect-uri.js';
import { clientTraits } from '../client-metadata.js';
import type { Explanation } from './explanation.js';

export type RedirectUriField = 'redirect_uri' | 'post_logout_redirect_uri';

/** Longer ones say no more on a page. */
const SHOWN_CHARACTERS = 300;

/** @returns undefined when the client or the URI is not known, or the URI is registered */
export function explainRedirectUri(
  ctx: KoaContextWithOIDC,
  field: RedirectUriField,
): Explanation | undefined {
  const { client, params } = ctx.oidc;
  const sent = params?.[field];
  if (!client || typeof sent !== 'string') return undefined;
  const registered = (field === 'redirect_uri' ? client.redirectUris : client.postLogoutRedirectUris) ?? [];
  const mismatch = explainRedirectUriMismatch(sent, registered, {
    anyLoopbackPort: client.applicationType === 'native',
  });
  if (!mismatch) return undefined;
  const { type } = clientTraits(client);
  return [
    { label: 'Sent', value: sent.slice(0, SHOWN_CHARACTERS), unlogged: true },
    { label: 'Registered', value: mismatch.closest ?? 'none' },
    ...(mismatch.differences.length === 0
      ? []
      : [
          {
            label: 'Difference',
            value: mismatch.differences.map((name) => REDIRECT_URI_DIFFERENCES[name]).join(', '),
          },
        ]),
    remedy(sent, field, {
      clientId: client.clientId,
      registered,
      fault: redirectUriFault(sent, type, field)?.detail,
    }),
  ];
}

function remedy(
  sent: string,
  field: RedirectUriField,
  to: {
    readonly clientId: string;
    readonly registered: readonly string[];
    readonly fault: string | undefined;
  },
) {
  // Its text quotes what was sent.
  if (to.fault !== undefined)
    return { label: 'Change what is sent', value: to.fault, unlogged: true } as const;
  const uris =
    field === 'redirect_uri'
      ? ['--add-redirect-uri', quoted(sent)]
      : [...to.registered, sent].flatMap((uri) => ['--post-logout-redirect-uri', quoted(uri)]);
  const command = ['latchkey client update', to.clientId, ...uris].join(' ');
  return { label: 'Add it', value: command, unlogged: true } as const;
}

/** For a shell: a URI may hold `&`, `;` and `$`. */
function quoted(uri: string): string {
  return /^[\w.:/-]+$/.test(uri) ? uri : `'${uri.replaceAll("'", String.raw`'\''`)}'`;
}
