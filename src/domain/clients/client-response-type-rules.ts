import type { JsonValue } from '../json.js';
import { parseUrl } from '../url.js';
import type { Client } from './client.js';
import { clientTypeRules, grantTypes, responseTypes } from './client-defaults.js';
import {
  carriesAccessToken,
  grantTypesOf,
  IMPLICIT_GRANT,
  isFrontChannel,
  readResponseType,
  type FurtherResponseType,
} from './response-types.js';

interface Problem {
  readonly code: string;
  /** Goes on after the key's name. */
  readonly detail: string;
}

type CheckedClient = Pick<Client, 'type' | 'metadata'>;

/** Modes in which nothing of an answer stands in a query. @see OAuth 2.0 Multiple Response Type Encoding Practices §5 */
const FRONT_CHANNEL_MODES: ReadonlySet<JsonValue> = new Set([
  ...['fragment', 'form_post', 'jwt', 'fragment.jwt', 'form_post.jwt'],
]);

/**
 * Says what is wrong with `response_types`, undefined when nothing is.
 * @param offered what the deployment offers besides `code`
 */
export function responseTypesProblem(
  value: JsonValue,
  type: Client['type'],
  offered: readonly FurtherResponseType[],
): Problem | undefined {
  if (!clientTypeRules(type).redirects) {
    return problem('metadata_not_supported', `are of no use to a ${type} client: leave them out.`);
  }
  if (!Array.isArray(value) || value.length === 0) {
    return problem('invalid_metadata', 'must be a list of response types, like ["code"].');
  }
  const read = value.map(readResponseType);
  for (const [index, known] of read.entries()) {
    const written = JSON.stringify(value[index]);
    const all = ['code', ...offered].map((one) => JSON.stringify(one)).join(', ');
    if (known === undefined) {
      return problem('invalid_metadata', `holds ${written}, which is no response type here; use ${all}.`);
    }
    if (known === 'code') continue;
    if (type === 'native') {
      const detail = `holds ${written}, but a native client gets codes only (RFC 8252 §8.2): leave it out.`;
      return problem('metadata_not_supported', detail);
    }
    if (!offered.includes(known)) {
      const detail = `holds ${written}, which is not offered here; offered are ${all}. To offer it, add it to features.response_types of the configuration file.`;
      return problem('metadata_not_supported', detail);
    }
  }
  return new Set(read).size === read.length
    ? undefined
    : problem('invalid_metadata', 'holds a response type more than once.');
}

/**
 * What contradicts the response types of a client, in metadata whose keys are each sound.
 * @see RFC 7591 §2.1, RFC 9449 §5
 */
export function responseTypeContradictions(client: CheckedClient): readonly (Problem & { key: string })[] {
  const { metadata } = client;
  const found: (Problem & { key: string })[] = [];
  const refuse = (key: string, detail: string): void => {
    found.push({ key, ...problem('metadata_contradiction', detail) });
  };
  const types = responseTypes(client);
  const needed = grantTypesOf(types);
  const given = metadata['grant_types'];
  if (Array.isArray(given)) {
    if (needed.includes('authorization_code') && !given.includes('authorization_code')) {
      refuse('response_types', 'hold a code, which needs the grant type authorization_code.');
    }
    if (given.includes('authorization_code') && !needed.includes('authorization_code')) {
      refuse(
        'grant_types',
        'hold authorization_code, but no response type gives a code. Add "code", or leave it out.',
      );
    }
    if (given.includes(IMPLICIT_GRANT) && !needed.includes(IMPLICIT_GRANT)) {
      refuse(
        'grant_types',
        'hold implicit, but no response type needs it. Name one in response_types, or leave it out.',
      );
    }
  }
  const bound = ['dpop_bound_access_tokens', 'tls_client_certificate_bound_access_tokens'].find(
    (key) => metadata[key] === true,
  );
  const withToken = types.find(carriesAccessToken);
  if (bound !== undefined && withToken !== undefined) {
    refuse(
      bound,
      `excludes the response type ${JSON.stringify(withToken)}: a token that a browser carries is bound to no key.`,
    );
  }
  const modes = metadata['response_modes'];
  const front = types.find(isFrontChannel);
  if (
    front !== undefined &&
    Array.isArray(modes) &&
    !modes.some((mode: JsonValue) => FRONT_CHANNEL_MODES.has(mode))
  ) {
    refuse(
      'response_modes',
      `leave no way to answer ${JSON.stringify(front)}: add "fragment" or "form_post".`,
    );
  }
  return found;
}

/**
 * What is wrong with an address to which a browser carries tokens, undefined when nothing is.
 * @returns goes on after the address
 * @see OpenID Connect Dynamic Client Registration 1.0 §2 `application_type`
 */
export function implicitRedirectProblem(
  client: Pick<Client, 'type' | 'metadata'>,
  uri: string,
): Problem | undefined {
  if (clientTypeRules(client.type).applicationType !== 'web') return undefined;
  if (!grantTypes(client).includes(IMPLICIT_GRANT)) return undefined;
  const url = parseUrl(uri);
  if (url === undefined || (url.protocol === 'https:' && url.hostname !== 'localhost')) return undefined;
  const types = responseTypes(client).filter(isFrontChannel);
  return problem(
    'redirect_uri_implicit',
    `a browser carries tokens to it (response type ${types.map((type) => JSON.stringify(type)).join(', ')}), so it must be https: and not localhost (OpenID Connect Dynamic Client Registration 1.0 §2).`,
  );
}

function problem(code: string, detail: string): Problem {
  return { code, detail };
}
