import { createInMemoryAccountLinkStore } from '../support/in-memory-account-link-store.js';
import { describeAccountLinkStore } from './conformance/account-link-store.js';

describe('the in-memory store of account links', () => {
  describeAccountLinkStore(() =>
    Promise.resolve({ store: createInMemoryAccountLinkStore(), accountIds: ['ada', 'bob'] }),
  );
});
