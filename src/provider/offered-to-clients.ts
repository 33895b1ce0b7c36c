import { CIBA_GRANT, JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from '../domain/clients/client-defaults.js';
import { IMPLICIT_GRANT, isFrontChannel, type ResponseType } from '../domain/clients/response-types.js';
import type { ProtocolSettings } from './provider-dependencies.js';

/** What the library refuses a client for where it is not offered. */
export interface OfferedToClients {
  /** By grant type, whether it is offered; others are. */
  readonly grants: Readonly<Record<string, boolean>>;
  readonly responseTypes: readonly ResponseType[];
}

/** Where no further response type is offered. */
export const CODES_ONLY: OfferedToClients = { grants: { [IMPLICIT_GRANT]: false }, responseTypes: ['code'] };

/** What of it the deployment has turned on. */
export function offeredToClients(
  features: Pick<ProtocolSettings['features'], 'tokenExchange' | 'jwtBearer' | 'ciba' | 'responseTypes'>,
): OfferedToClients {
  return {
    grants: {
      [TOKEN_EXCHANGE_GRANT]: features.tokenExchange,
      [JWT_BEARER_GRANT]: features.jwtBearer,
      [CIBA_GRANT]: features.ciba,
      [IMPLICIT_GRANT]: features.responseTypes.some(isFrontChannel),
    },
    // RFC 9700 §2.1.2
    responseTypes: ['code', ...features.responseTypes],
  };
}
