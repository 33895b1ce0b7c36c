import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { closestName } from '../../domain/closest-name.js';
import type { Client } from '../../domain/clients/client.js';
import type { ClientDirectory } from '../../domain/clients/client-directory.js';
import type { Clock } from '../../domain/clock.js';
import { orUnavailable } from '../unavailable.js';
import { sentClientId } from './explain-client-authentication.js';
import { CLIENT_NOT_FOUND, explainRefusal } from './explain-refusal.js';
import type { Explanation } from './explanation.js';

/** Only in development: what a refusal may tell of other clients. */
export interface ForDevelopers {
  readonly clients: Pick<ClientDirectory, 'list'>;
}

/** @returns undefined in production */
export function createExplain(deps: {
  readonly forDevelopers?: ForDevelopers | undefined;
  readonly clock: Clock;
}): ((ctx: KoaContextWithOIDC, error: Error) => Promise<Explanation | undefined>) | undefined {
  const { forDevelopers, clock } = deps;
  return forDevelopers && ((ctx, error) => explainForDevelopers(ctx, error, { ...forDevelopers, clock }));
}

/** A deployment under development has no more. */
const LOOKED_AT = 200;

/** Why the protocol refused a request, with what only the other clients tell: which one may have been meant. */
export async function explainForDevelopers(
  ctx: KoaContextWithOIDC,
  error: Error,
  { clients, clock }: ForDevelopers & { readonly clock: Clock },
): Promise<Explanation | undefined> {
  const explanation = explainRefusal(ctx, error, clock.now());
  if (!explanation || !(error instanceof errors.OIDCProviderError)) return explanation;
  const known = async () => (await orUnavailable(() => clients.list({ limit: LOOKED_AT }))).clients;
  if (error.error_detail === CLIENT_NOT_FOUND) return [...explanation, ...closestClient(ctx, await known())];
  if (ctx.oidc.client === undefined) return explanation;
  return withOtherClients(ctx, explanation, await known());
}

function closestClient(ctx: KoaContextWithOIDC, known: readonly Client[]): Explanation {
  const sent = sentClientId(ctx);
  if (sent === undefined) return [];
  const byName = known.find(({ name }) => name.toLowerCase() === sent.toLowerCase());
  const ids = known.map(({ clientId }) => clientId);
  const meant = closestName(sent, ids, 3) ?? byName?.clientId;
  return meant === undefined ? [] : [{ label: 'Closest client_id', value: meant, unlogged: true }];
}

function withOtherClients(
  ctx: KoaContextWithOIDC,
  explanation: Explanation,
  known: readonly Client[],
): Explanation {
  const { client, params } = ctx.oidc;
  const own = known.find(({ clientId }) => clientId === client?.clientId);
  const isMismatch = explanation.some(({ label, unlogged }) => label === 'Sent' && unlogged);
  const sent = isMismatch ? [params?.['redirect_uri'], params?.['post_logout_redirect_uri']] : [];
  const owner = known.find(
    ({ clientId, redirectUris, postLogoutRedirectUris }) =>
      clientId !== client?.clientId &&
      [...redirectUris, ...postLogoutRedirectUris].some((uri) => sent.includes(uri)),
  );
  const declared = own?.source === 'configuration';
  return [
    ...explanation.map((detail) =>
      declared && detail.label === 'Add it'
        ? { ...detail, value: `to the client ${own.clientId} in the configuration file` }
        : detail,
    ),
    ...(owner
      ? [{ label: 'Registered for another client', value: owner.clientId, unlogged: true } as const]
      : []),
  ];
}
