import { clientBasedCORS } from '../../src/provider/cors.js';
import { toProviderMetadata } from '../../src/provider/client-metadata.js';
import { buildClient } from '../support/build-client.js';

const allows = (origin: string, over: Parameters<typeof buildClient>[0]): boolean => {
  const metadata = toProviderMetadata(buildClient(over), new Set());
  return clientBasedCORS(undefined, origin, { ...metadata, redirectUris: metadata.redirect_uris });
};

describe('clientBasedCORS', () => {
  it('takes the origins of a spa’s redirect URIs, but of no other type’s', () => {
    const redirectUris = ['https://app.example.com/cb'];
    expect(allows('https://app.example.com', { type: 'spa', redirectUris })).toBe(true);
    for (const type of ['web', 'native'] as const) {
      expect(allows('https://app.example.com', { type, redirectUris })).toBe(false);
    }
  });

  it('takes the origins that a client of any type lists', () => {
    expect(allows('https://b.example', { type: 'web', allowedOrigins: ['https://b.example'] })).toBe(true);
    expect(allows('https://c.example', { type: 'web', allowedOrigins: ['https://b.example'] })).toBe(false);
  });

  it.each([
    'null',
    '*',
    '',
    'https://',
    'https://app.example.com/',
    'HTTPS://APP.EXAMPLE.COM',
    'http://app.example.com',
  ])('never takes the origin %j, whatever is registered', (origin) => {
    const redirectUris = ['com.example.app:/cb', 'https://app.example.com/cb'];
    expect(allows(origin, { type: 'spa', redirectUris, allowedOrigins: [origin] })).toBe(false);
  });
});
