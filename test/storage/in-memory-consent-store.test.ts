import { createInMemoryConsentStore } from '../support/in-memory-consent-store.js';
import { describeConsentStore } from './conformance/consent-store.js';

describe('the in-memory consent store', () => {
  describeConsentStore(() => Promise.resolve({ store: createInMemoryConsentStore(), accountId: 'ada' }));
});
