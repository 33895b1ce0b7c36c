import { CIBA_GRANT, JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from '../domain/clients/client-defaults.js';
import type { ProtocolSettings } from './provider-dependencies.js';

/** By grant type, whether it is offered: the library refuses a client with one that is not. */
export function optionalGrants(
  features: Pick<ProtocolSettings['features'], 'tokenExchange' | 'jwtBearer' | 'ciba'>,
): Readonly<Record<string, boolean>> {
  return {
    [TOKEN_EXCHANGE_GRANT]: features.tokenExchange,
    [JWT_BEARER_GRANT]: features.jwtBearer,
    [CIBA_GRANT]: features.ciba,
  };
}
