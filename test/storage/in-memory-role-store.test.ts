import { createInMemoryRoleStore } from '../support/in-memory-role-store.js';
import { describeRoleStore } from './conformance/role-store.js';

describeRoleStore('memory', createInMemoryRoleStore);
