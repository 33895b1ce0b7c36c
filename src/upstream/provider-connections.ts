import * as openid from 'openid-client';
import type { Clock } from '../domain/clock.js';
import type { IdentityProvider } from '../domain/upstream/identity-provider.js';
import { issuerKeySet, type IssuerKeySet } from './issuer-key-set.js';
import { createGuardedFetch, type OutboundFetch, type TraceOutbound } from './guarded-fetch.js';

/** Seconds after which a discovery document is read again. */
const DISCOVERY_SECONDS = 10 * 60;
/** Seconds for which a provider that failed is not asked again: others who come meanwhile need not wait for it. */
const FAILURE_SECONDS = 5;
/** Seconds for one request. */
const REQUEST_SECONDS = 8;
/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** What is known of a provider, and how it is asked. */
export interface ProviderConnection {
  readonly configuration: openid.Configuration;
  readonly fetch: OutboundFetch;
  /** By which it signs; fetched when they are needed. Absent: it publishes none. */
  readonly keys?: IssuerKeySet | undefined;
}

/** Reads what is known of a provider when somebody first needs it, and keeps it for a while. */
export type ProviderConnections = (provider: IdentityProvider) => Promise<ProviderConnection>;

interface Kept {
  readonly connection: Promise<ProviderConnection>;
  until: number;
}

/** @param settings.allowLoopback whether providers on this very machine may be asked, as they are in development */
export function createProviderConnections(settings: {
  readonly allowLoopback: boolean;
  readonly clock: Clock;
  readonly trace?: TraceOutbound | undefined;
}): ProviderConnections {
  const kept = new Map<string, Kept>();
  return (provider) => {
    const now = settings.clock.now().getTime();
    const known = kept.get(provider.id);
    if (known && known.until > now) return known.connection;
    const entry: Kept = {
      connection: connect(provider, settings),
      until: now + DISCOVERY_SECONDS * 1000,
    };
    entry.connection.catch(() => {
      entry.until = settings.clock.now().getTime() + FAILURE_SECONDS * 1000;
    });
    kept.set(provider.id, entry);
    return entry.connection;
  };
}

async function connect(
  provider: IdentityProvider,
  { allowLoopback, trace }: { readonly allowLoopback: boolean; readonly trace?: TraceOutbound | undefined },
): Promise<ProviderConnection> {
  const { clientId, clientSecret, endpoints, issuer } = provider;
  const fetch = createGuardedFetch({ allowLoopback, allowPrivate: provider.privateNetwork, trace });
  const metadata = { client_secret: clientSecret, [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
  const authentication = authenticateBy(clientSecret);
  const customFetch: openid.CustomFetch = (url, options) => fetch(url, options);
  if (endpoints) {
    const server = {
      issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      userinfo_endpoint: endpoints.userinfo,
    };
    const configuration = new openid.Configuration(server, clientId, metadata, authentication);
    configuration.timeout = REQUEST_SECONDS;
    configuration[openid.customFetch] = customFetch;
    for (const apply of isPlainHttp(endpoints.token) ? ALLOW_HTTP : []) apply(configuration);
    return { configuration, fetch };
  }
  const configuration = await openid.discovery(new URL(issuer), clientId, metadata, authentication, {
    timeout: REQUEST_SECONDS,
    [openid.customFetch]: customFetch,
    execute: [
      // The signature of ID tokens is checked also where TLS vouches for them.
      openid.enableNonRepudiationChecks,
      ...(isPlainHttp(issuer) ? ALLOW_HTTP : []),
    ],
  });
  const { jwks_uri: jwksUri } = configuration.serverMetadata();
  const keys =
    jwksUri === undefined
      ? undefined
      : issuerKeySet({ jwksUri, privateNetwork: provider.privateNetwork }, { allowLoopback, trace });
  return { configuration, fetch, keys };
}

/** Plain http is for providers under development; the configuration allows it on loopback only. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out
const ALLOW_HTTP: readonly ((configuration: openid.Configuration) => void)[] = [openid.allowInsecureRequests];

function isPlainHttp(uri: string): boolean {
  return uri.startsWith('http:');
}

/** By the header unless the provider takes the form only. @see OpenID Connect Core 1.0 §9 */
function authenticateBy(clientSecret: string): openid.ClientAuth {
  const basic = openid.ClientSecretBasic(clientSecret);
  const post = openid.ClientSecretPost(clientSecret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const takesHeader = methods?.includes('client_secret_basic') ?? 'jwks_uri' in server;
    (takesHeader ? basic : post)(server, client, body, headers);
  };
}
