import { createInMemoryClientStore } from '../support/in-memory-client-store.js';
import { describeClientStore } from './conformance/client-store.js';

describeClientStore('in memory', () => Promise.resolve(createInMemoryClientStore()));
