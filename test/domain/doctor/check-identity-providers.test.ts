import {
  checkIdentityProviders,
  type ReachableProvider,
} from '../../../src/domain/doctor/check-identity-providers.js';
import { UpstreamError } from '../../../src/domain/upstream/upstream-error.js';

const GOOD: ReachableProvider = {
  id: 'home',
  issuer: 'https://id.example',
  reach: () => Promise.resolve(),
};

async function codeOf(differences: Partial<ReachableProvider>): Promise<string | undefined> {
  const [finding] = await checkIdentityProviders([{ ...GOOD, ...differences }]);
  return finding && `${finding.severity} ${finding.code}`;
}

describe('other providers', () => {
  it('are well when they answer, and have what people are led to', async () => {
    expect(await codeOf({})).toBe('ok identity_providers.reached');
    const signOutUri = () => Promise.resolve('https://id.example/logout');
    expect(await codeOf({ signOutUri })).toBe('ok identity_providers.reached');
  });

  it('have a place to sign out where people are shown the way', async () => {
    const missing = { signOutUri: () => Promise.resolve(undefined) };
    expect(await codeOf(missing)).toBe('warning identity_providers.sign_out_missing');
  });

  it.each([
    ['unreachable', 'error identity_providers.unreachable'],
    ['invalid_answer', 'error identity_providers.metadata_wrong'],
  ] as const)('that cannot be asked (%s) are told of', async (fault, code) => {
    expect(await codeOf({ reach: () => Promise.reject(new UpstreamError(fault, 'No.')) })).toBe(code);
  });
});
