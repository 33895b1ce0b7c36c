import { CIBA_GRANT } from '../../../src/domain/clients/client-defaults.js';
import { NO_CLIENT_FEATURES } from '../../../src/domain/clients/client-features.js';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { DomainError, type FieldFault } from '../../../src/domain/errors.js';
import type { JsonObject } from '../../../src/domain/json.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';

const GRANTS = { grant_types: [CIBA_GRANT] };
const MODE = 'backchannel_token_delivery_mode';
const ENDPOINT = 'backchannel_client_notification_endpoint';
const PING = { ...GRANTS, [MODE]: 'ping', [ENDPOINT]: 'https://app.example.com/cb' };

async function faultsOf(metadata: JsonObject, ciba = true): Promise<readonly FieldFault[]> {
  try {
    await registerClient(
      { ...createClientUseCaseDeps(), clientFeatures: { ...NO_CLIENT_FEATURES, ciba } },
      { name: 'Bank', type: 'web', redirectUris: [], scopes: ['openid'], metadata },
    );
    return [];
  } catch (error) {
    if (error instanceof DomainError) return error.faults;
    throw error;
  }
}

describe('clients that ask people on another device (CIBA Core 1.0 §4)', () => {
  it.each([[{ ...GRANTS, [MODE]: 'poll' }], [PING]])('%j needs no redirect URI', async (metadata) => {
    expect(await faultsOf(metadata)).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['metadata_missing', GRANTS, MODE],
    ['metadata_missing', { ...GRANTS, [MODE]: 'ping' }, ENDPOINT],
    ['metadata_contradiction', { ...PING, [MODE]: 'poll' }, ENDPOINT],
    ['invalid_metadata', { ...GRANTS, [MODE]: 'push' }, MODE],
    ['invalid_metadata', { ...PING, [ENDPOINT]: 'http://app.example.com/cb' }, ENDPOINT],
    ['invalid_metadata', { ...PING, [ENDPOINT]: '' }, ENDPOINT],
    [
      'invalid_metadata',
      { ...PING, backchannel_authentication_request_signing_alg: 'HS256' },
      'backchannel_authentication_request_signing_alg',
    ],
  ])('%s: %j', async (code, metadata, key) => {
    expect(await faultsOf(metadata)).toMatchObject([{ code, field: `metadata/${key}` }]);
  });

  it('says what has to be turned on, and that the grant type belongs to it', async () => {
    expect(await faultsOf({ ...GRANTS, [MODE]: 'poll' }, false)).toMatchObject([
      { code: 'metadata_not_supported', field: `metadata/${MODE}` },
    ]);
    const faults = await faultsOf({ grant_types: ['client_credentials'], [MODE]: 'poll' });
    expect(faults).toMatchObject([{ code: 'metadata_contradiction', field: `metadata/${MODE}` }]);
  });
});
