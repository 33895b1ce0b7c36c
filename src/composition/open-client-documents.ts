import { createClientDocuments } from '../domain/client-registration/client-documents.js';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { createFetchClientDocument } from '../upstream/fetch-client-document.js';
import { createGuardedFetch } from '../upstream/guarded-fetch.js';
import type { Application } from './application.js';

/** Clients whose id is the address of a document about them. */
export function openClientDocuments(application: Application): Pick<ClientDirectory, 'find'> {
  const { config, clock, knownScopes, knownResources, clientFeatures, profile, profileFeatures } =
    application;
  const fetch = createGuardedFetch({ allowLoopback: config.mode !== 'production', allowPrivate: false });
  return createClientDocuments({
    settings: config.clientDocuments,
    rules: { knownScopes, knownResources, clientFeatures, profile, profileFeatures },
    fetchDocument: createFetchClientDocument(fetch),
    clock,
  });
}
