import type { RouterContext } from '@koa/router';
import { accountClaims, STANDARD_SCOPE_CLAIMS } from '../../domain/accounts/account-claims.js';
import type { Account } from '../../domain/accounts/account.js';
import { isDocumentClientId } from '../../domain/client-registration/document-client.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { consentDetails } from './consent-details.js';
import type { ConsentScope } from '../consent-view-models.js';
import { accountLabel } from './account-label.js';
import type { InteractionDeps } from './interaction-deps.js';
import { csrfPurpose, pageSettings } from './with-interaction.js';
import { parseUrl } from '../../domain/url.js';

const SECONDS_PER_DAY = 24 * 60 * 60;

/** The consent page: what the app asks for, with the values that it would see, and what of it is new. */
export async function showConsent(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  const { uid, client, accountId, uiLocales } = interaction;
  const account = accountId === undefined ? undefined : await deps.accounts.findById(accountId);
  if (!account) throw new Error('consent is asked for while nobody is signed in');
  const remembered = await deps.consents.find(account.id, client.clientId);
  const known = new Set([...(remembered?.scopes ?? []), ...(remembered?.claims ?? [])]);
  const isNew = (name: string): boolean => remembered !== undefined && !known.has(name);
  const sentences = new Map(deps.scopes.map(({ name, description }) => [name, description]));
  const values = scopeValues(account);
  const toScope = (name: string): ConsentScope => ({
    name,
    sentence: sentences.get(name),
    value: values.get(name),
    isNew: isNew(name),
  });

  deps.pages.show(
    ctx,
    'consent',
    {
      action: `/interaction/${uid}/consent`,
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: client.name,
      clientUri: client.uri,
      policyUri: client.policyUri,
      tosUri: client.tosUri,
      account: { label: accountLabel(account) },
      switchAccountAction: `/interaction/${uid}/switch`,
      scopes: [...shownScopes(interaction)].map(toScope),
      resources: Object.entries(interaction.missing.resourceScopes).map(([identifier, scopes]) => ({
        name: deps.resources.find((resource) => resource.identifier === identifier)?.name ?? identifier,
        scopes: scopes.map((name) => ({ name, sentence: sentences.get(name), isNew: false })),
      })),
      details: consentDetails(deps, interaction, deps.pages.languageOf(ctx, { uiLocales })),
      redirectHost: redirectHost(interaction.redirectUri),
      offlineAccess: interaction.requestedScopes.includes('offline_access'),
      unverified: interaction.traits.selfRegistered,
      documentHost: isDocumentClientId(client.clientId) ? parseUrl(client.clientId)?.host : undefined,
      durationDays: Math.max(1, Math.round(deps.grantSeconds / SECONDS_PER_DAY)),
    },
    pageSettings(interaction),
  );
}

/**
 * What the page lists: the scopes, and for claims that are asked for one by one the scope that they belong to, or the
 * claim itself.
 */
function shownScopes({ requestedScopes, missing }: CurrentInteraction): ReadonlySet<string> {
  const scopes = Object.entries<readonly string[]>(STANDARD_SCOPE_CLAIMS);
  const ofClaims = missing.claims.map(
    (claim) => scopes.find(([, claims]) => claims.includes(claim))?.[0] ?? claim,
  );
  return new Set([...requestedScopes.filter((scope) => scope !== 'offline_access'), ...ofClaims]);
}

/** What each standard scope would tell the app about this person, as one line. */
function scopeValues(account: Account): ReadonlyMap<string, string> {
  const claims = accountClaims(account);
  const values = new Map<string, string>();
  for (const [scope, names] of Object.entries(STANDARD_SCOPE_CLAIMS)) {
    const shown = names.filter((name) => name === 'name' || name === 'email' || name === 'phone_number');
    const [value] = shown.map((name) => claims[name]).filter((claim) => typeof claim === 'string');
    if (value !== undefined) values.set(scope, value);
  }
  return values;
}

function redirectHost(redirectUri: string | undefined): string {
  const url = redirectUri === undefined ? undefined : parseUrl(redirectUri);
  if (url === undefined) return '';
  const { host, protocol } = url;
  return host === '' ? protocol.slice(0, -1) : host;
}
