import { basicModules } from './basic-modules.js';
import { startProvider, type OpenIdProvider } from './openid-provider.js';

let op: OpenIdProvider;

beforeAll(async () => {
  op = await startProvider();
});

afterAll(() => op.stop());

describe('oidcc-basic-certification-test-plan', () => {
  basicModules(() => op, '');
});

describe('oidcc-formpost-basic-certification-test-plan', () => {
  basicModules(() => op, 'form_post');
});
