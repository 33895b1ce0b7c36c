import { createInMemoryPasskeyStore } from '../support/in-memory-passkey-store.js';
import { describePasskeyStore } from './conformance/passkey-store.js';

describePasskeyStore(() =>
  Promise.resolve({ store: createInMemoryPasskeyStore(), accountIds: ['one', 'two'] as const }),
);
