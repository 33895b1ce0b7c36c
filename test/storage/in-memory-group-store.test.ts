import { createInMemoryAccountStore } from '../support/in-memory-account-store.js';
import { createInMemoryGroupStore } from '../support/in-memory-group-store.js';
import { describeGroupStore } from './conformance/group-store.js';

describeGroupStore('memory', () => {
  const accounts = createInMemoryAccountStore();
  return { accounts, groups: createInMemoryGroupStore(accounts) };
});
