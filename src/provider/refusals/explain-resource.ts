import type { KoaContextWithOIDC } from 'oidc-provider';
import { clientTraits } from '../client-metadata.js';
import type { Explanation } from './explanation.js';

/** What is said of a resource that no configuration declares. */
export const RESOURCE_NOT_KNOWN = 'the resource is not known to this server';

/** What is said of a resource that is another client's. */
export const RESOURCE_NOT_ALLOWED = 'the client is not allowed to use the resource';

/** Longer ones say no more in an answer. */
const SHOWN_CHARACTERS = 300;

/** A request named an API that it cannot get a token for. @see RFC 8707 §2 */
export function explainResource(ctx: KoaContextWithOIDC, reason: string): Explanation | undefined {
  const { client, params } = ctx.oidc;
  if (!client || (reason !== RESOURCE_NOT_KNOWN && reason !== RESOURCE_NOT_ALLOWED)) return undefined;
  const registered = clientTraits(client).resources;
  const sent = [params?.['resource']].flat().filter((item) => typeof item === 'string');
  const missing = sent.filter((identifier) => !registered.includes(identifier));
  const options = [...registered, ...missing].map((identifier) => `--resource ${identifier}`).join(' ');
  return [
    { label: 'Resource', value: sent.join(' ').slice(0, SHOWN_CHARACTERS), unlogged: true },
    { label: 'Registered', value: registered.join(' ') || 'none' },
    reason === RESOURCE_NOT_KNOWN
      ? {
          label: 'What to do',
          value:
            'send it as it is declared, character by character, or declare it under resources of the configuration file',
        }
      : {
          label: 'Add it',
          value: `latchkey client update ${client.clientId} ${options}`,
          unlogged: true,
        },
  ];
}
