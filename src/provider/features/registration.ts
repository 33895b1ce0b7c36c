import type { ProtocolSettings } from '../provider-dependencies.js';
import { ROUTES } from '../routes.js';

/**
 * Where applications register themselves. The library's own endpoint stays off: it keeps secrets and registration access
 * tokens that it could tell again, and knows neither the policies nor the audit log of the use cases
 * (`http/client-registration`).
 * @see RFC 7591 §3, OpenID Connect Discovery 1.0 §3
 */
export function registrationEndpoint({
  issuer,
  clientRegistration,
}: Pick<ProtocolSettings, 'issuer' | 'clientRegistration'>): { registration_endpoint?: string } {
  if ((clientRegistration?.mode ?? 'off') === 'off') return {};
  return { registration_endpoint: `${issuer.replace(/\/$/, '')}${ROUTES.registration}` };
}

/**
 * Whether a client's id may be the address of a document about it. The library's own reading of such documents stays off:
 * it would take what the document says of this provider's own metadata (first party, resources), and a scope that only a
 * resource server knows would make the whole document unusable.
 * @see OAuth Client ID Metadata Document (draft 02) §5
 */
export function documentSupport({ clientDocuments }: Pick<ProtocolSettings, 'clientDocuments'>): {
  client_id_metadata_document_supported?: true;
} {
  return (clientDocuments?.hosts ?? []).length > 0 ? { client_id_metadata_document_supported: true } : {};
}
