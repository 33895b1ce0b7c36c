import type { KoaContextWithOIDC } from 'oidc-provider';
import { mayUseClient } from '../domain/clients/client-access.js';
import { clientTraits } from './client-metadata.js';
import { accountBehind } from './find-account.js';

/** Whether whoever is signed in may use the client that asks; true while nobody is signed in. */
export function mayUseRequestedClient(ctx: KoaContextWithOIDC): boolean {
  const { client, account } = ctx.oidc;
  const found = account && accountBehind(account);
  return !client || !found || mayUseClient(found, clientTraits(client));
}
