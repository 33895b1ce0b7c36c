import { expireUnusedClients } from '../domain/client-registration/expire-unused-clients.js';
import type { RegistrationSettings } from '../domain/client-registration/registration-deps.js';
import type { ClientRegistrationDeps } from '../http/client-registration/router.js';
import { createClientAdapter } from '../provider/client-adapter.js';
import { offeredToClients } from '../provider/offered-to-clients.js';
import { createProtocolFaults } from '../provider/protocol-faults.js';
import { ROUTES } from '../provider/routes.js';
import { supportedScopes } from '../provider/scopes-and-claims.js';
import { createLoginThrottle } from '../storage/postgres/login-throttle.js';
import { createGuardedFetch } from '../upstream/guarded-fetch.js';
import type { Application } from './application.js';
import type { Protocol } from './open-protocol.js';

/** Milliseconds that the list of an application's redirect URIs may take. */
const TIMEOUT = 5_000;

/** What applications need to register themselves, while that is on. */
export function openClientRegistration(
  application: Application,
  { provider }: { readonly provider: Protocol['current'] },
): { readonly registration: ClientRegistrationDeps | undefined; readonly purge: () => Promise<number> } {
  const { config, stores, unitOfWork, clock } = application;
  const settings: RegistrationSettings & { readonly perNetwork: number } = config.clientRegistration;
  const fetch = createGuardedFetch({ allowLoopback: config.mode !== 'production', allowPrivate: false });
  const scopes = new Set(supportedScopes(config.scopes, application.resources));
  return {
    purge: () => expireUnusedClients({ unitOfWork, clock, settings }),
    registration:
      settings.mode === 'off'
        ? undefined
        : {
            ...application,
            path: ROUTES.registration,
            settings,
            registrationThrottle: createLoginThrottle(application.database.knex, {
              perSubject: settings.perNetwork,
            }),
            initialAccessTokens: stores.initialAccessTokens,
            clientRegistrations: stores.clientRegistrations,
            clients: stores.clients,
            declaredClientIds: new Set(application.declaredClients.map(({ clientId }) => clientId)),
            protocolFaults: createProtocolFaults({
              provider,
              metadataOf: async (client) => {
                const adapter = createClientAdapter(
                  { find: () => Promise.resolve(client) },
                  scopes,
                  offeredToClients(config.features),
                );
                return { client_id: client.clientId, ...(await adapter.find(client.clientId)) };
              },
              fetch: (url) =>
                fetch(url, {
                  method: 'GET',
                  headers: { accept: 'application/json' },
                  signal: AbortSignal.timeout(TIMEOUT),
                }),
            }),
          },
  };
}
