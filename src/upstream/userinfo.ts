import { UpstreamError } from '../domain/upstream/upstream-error.js';
import type { OutboundFetch } from './guarded-fetch.js';

/** What a provider without ID tokens tells about a person. @throws {UpstreamError} */
export async function fetchPerson(
  fetch: OutboundFetch,
  uri: string,
  accessToken: string,
): Promise<Readonly<Record<string, unknown>>> {
  const person = await fetchJson(fetch, uri, accessToken);
  if (typeof person !== 'object' || person === null || Array.isArray(person)) {
    throw new UpstreamError('invalid_answer', 'The provider tells nothing about the person.');
  }
  return person as Readonly<Record<string, unknown>>;
}

/**
 * The address that a person uses: the primary one if it is verified, else another one that is verified.
 * @returns undefined where there is none
 * @throws {UpstreamError}
 */
export async function fetchAddresses(
  fetch: OutboundFetch,
  uri: string,
  accessToken: string,
): Promise<{ readonly email: string; readonly verified: boolean } | undefined> {
  const list = await fetchJson(fetch, uri, accessToken);
  if (!Array.isArray(list)) throw new UpstreamError('invalid_answer', 'The provider lists no addresses.');
  const addresses = (list as unknown[]).flatMap((item) => {
    if (typeof item !== 'object' || item === null) return [];
    const { email, primary, verified } = item as Readonly<Record<string, unknown>>;
    return typeof email === 'string'
      ? [{ email, primary: primary === true, verified: verified === true }]
      : [];
  });
  const verified = addresses.filter((address) => address.verified);
  return verified.find(({ primary }) => primary) ?? verified[0];
}

async function fetchJson(fetch: OutboundFetch, uri: string, accessToken: string): Promise<unknown> {
  const response = await fetch(uri, {
    method: 'GET',
    headers: {
      authorization: `Bearer ${accessToken}`,
      accept: 'application/json',
      'user-agent': 'Latchkey',
    },
  });
  if (!response.ok) {
    throw new UpstreamError('invalid_answer', `The provider answered with the status ${response.status}.`);
  }
  try {
    return await response.json();
  } catch {
    // The parser's message quotes what it could not read.
    throw new UpstreamError('invalid_answer', 'The provider answered with something else than JSON.');
  }
}
