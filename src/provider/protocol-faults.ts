import { errors, type default as Provider } from 'oidc-provider';
import type { Client } from '../domain/clients/client.js';
import type { FieldFault } from '../domain/errors.js';

/** Bytes of a document that lists redirect URIs. */
const MAX_SECTOR_BYTES = 64 * 1024;

export interface ProtocolFaultsDeps {
  readonly provider: () => Provider;
  /** The client as the library takes it. */
  readonly metadataOf: (client: Client) => Promise<object>;
  /** Reaches public addresses only, and for some seconds only. */
  readonly fetch: (url: string) => Promise<Response>;
}

/**
 * What the library would refuse about a client once somebody uses it, and what its sector document does not cover: an
 * application that registers itself hears of both at once.
 * @see OpenID Connect Dynamic Client Registration 1.0 §5
 */
export function createProtocolFaults({
  provider,
  metadataOf,
  fetch,
}: ProtocolFaultsDeps): (client: Client) => Promise<readonly FieldFault[]> {
  return async (client) => {
    try {
      // Its constructor checks the metadata; the types do not tell of its parameter.
      Reflect.construct(provider().Client, [await metadataOf(client)]);
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      return [fault('metadata', error.error_description ?? 'the client metadata is not supported')];
    }
    const uri = client.metadata['sector_identifier_uri'];
    if (typeof uri !== 'string') return [];
    const listed = await readSector(fetch, uri);
    if (listed === undefined) {
      return [
        fault(
          'metadata/sector_identifier_uri',
          'sector_identifier_uri does not answer with a JSON list of URIs.',
        ),
      ];
    }
    const missing = client.redirectUris.find((redirectUri) => !listed.includes(redirectUri));
    if (missing === undefined) return [];
    return [
      fault(
        'metadata/sector_identifier_uri',
        'sector_identifier_uri does not list every one of the redirect URIs.',
      ),
    ];
  };
}

async function readSector(
  fetch: ProtocolFaultsDeps['fetch'],
  uri: string,
): Promise<readonly unknown[] | undefined> {
  try {
    const answer = await fetch(uri);
    const text = await answer.text();
    if (answer.status !== 200 || text.length > MAX_SECTOR_BYTES) return undefined;
    const listed: unknown = JSON.parse(text);
    return Array.isArray(listed) ? listed : undefined;
  } catch {
    return undefined;
  }
}

function fault(field: string, detail: string): FieldFault {
  return { field, code: 'invalid_metadata', detail };
}
