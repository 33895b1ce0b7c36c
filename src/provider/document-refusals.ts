import { errors } from 'oidc-provider';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { DomainError } from '../domain/errors.js';

/**
 * Clients known by their documents; what is wrong with a document is said in the library's words.
 * @see RFC 6749 §5.2 (`invalid_client`)
 */
export function refusingAsInvalidClient(
  documents: Pick<ClientDirectory, 'find'>,
): Pick<ClientDirectory, 'find'> {
  return {
    async find(clientId) {
      try {
        return await documents.find(clientId);
      } catch (error) {
        if (!(error instanceof DomainError && error.code === 'client_document_unusable')) throw error;
        const refusal = new errors.InvalidClient(error.message);
        refusal.error_description = error.message.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/g, '?');
        throw refusal;
      }
    },
  };
}
