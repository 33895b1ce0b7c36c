import { describeAccountStore } from './conformance/account-store.js';
import { createInMemoryAccountStore } from '../support/in-memory-account-store.js';

describeAccountStore('memory', createInMemoryAccountStore);
