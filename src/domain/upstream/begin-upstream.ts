import type { Clock } from '../clock.js';
import type { IdentityProvider } from './identity-provider.js';
import type { UpstreamProtocol } from './upstream-protocol.js';
import {
  hashUpstreamToken,
  sentRequestInformation,
  UPSTREAM_SECONDS,
  type UpstreamPurpose,
} from './upstream-request.js';
import type { UpstreamRequestStore } from './upstream-request-store.js';

export interface BeginUpstreamDeps {
  readonly protocol: Pick<UpstreamProtocol, 'begin'>;
  readonly requests: Pick<UpstreamRequestStore, 'add'>;
  /** At least 128 random bits, URL-safe. */
  readonly randomToken: () => string;
  readonly clock: Clock;
  readonly issuer: string;
}

/** A request that is ready to be sent by the browser. */
export interface BegunUpstream {
  /** Where the browser goes. */
  readonly uri: string;
  readonly state: string;
  /** A secret of this browser, without which the answer counts for nothing. */
  readonly browser: string;
}

/** Where a provider sends people back to. */
export function callbackUri(issuer: string, { id }: Pick<IdentityProvider, 'id'>): string {
  return `${issuer.replace(/\/$/, '')}/upstream/${id}/callback`;
}

/**
 * Prepares a sign-in by another provider. What it is checked by stays here.
 * @throws {UpstreamError} `unreachable`, `invalid_answer`
 */
export async function beginUpstream(
  deps: BeginUpstreamDeps,
  provider: IdentityProvider,
  wish: {
    readonly purpose: UpstreamPurpose;
    readonly fresh: boolean;
    readonly loginHint?: string | undefined;
    readonly uiLocales?: string | undefined;
  },
): Promise<BegunUpstream> {
  const { purpose, ...asked } = wish;
  const state = deps.randomToken();
  const browser = deps.randomToken();
  const { uri, checks } = await deps.protocol.begin(provider, {
    ...asked,
    redirectUri: callbackUri(deps.issuer, provider),
    state,
  });
  await deps.requests.add({
    tokenHash: hashUpstreamToken('state', state),
    content: sentRequestInformation({
      providerId: provider.id,
      browser: hashUpstreamToken('browser', browser).toString('base64url'),
      purpose,
      checks,
    }),
    expiresAt: new Date(deps.clock.now().getTime() + UPSTREAM_SECONDS * 1000),
  });
  return { uri, state, browser };
}
