import { createInMemoryClientLogoStore } from '../support/in-memory-client-logo-store.js';
import { describeClientLogoStore } from './conformance/client-logo-store.js';

describeClientLogoStore('in memory', () => {
  const registered = new Map<string, string | undefined>();
  return Promise.resolve({
    store: createInMemoryClientLogoStore(registered),
    register: (clientId, uri) => {
      registered.set(clientId, uri);
      return Promise.resolve();
    },
  });
});
