import { auditedClient } from '../clients/audited-client.js';
import { findChangeableClient } from '../clients/changeable-client.js';
import type { Client } from '../clients/client.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { detectImageType, MAX_LOGO_BYTES } from './image-type.js';

export interface ChangeClientLogoDeps {
  readonly unitOfWork: UnitOfWork<'clients' | 'clientLogos' | 'audit'>;
  readonly clock: Clock;
  readonly declaredClientIds: ReadonlySet<string>;
}

/**
 * Gives a client a logo, in place of one that its metadata names.
 * @param expect sees the client before anything is changed, and may throw to keep it
 * @throws {DomainError} `invalid_input` for what is no image or too large, `not_found`, `declared_in_configuration`
 */
export async function putClientLogo(
  deps: ChangeClientLogoDeps,
  { clientId, bytes }: { readonly clientId: string; readonly bytes: Uint8Array },
  expect?: (client: Client) => void,
): Promise<void> {
  const type = detectImageType(bytes);
  if (type === undefined) {
    const detail = 'The logo is not a PNG, JPEG, WebP or SVG image.';
    refuseIfFaulty([{ field: 'logo', code: 'image_type', detail }]);
    return;
  }
  if (bytes.length > MAX_LOGO_BYTES) {
    const detail = `The logo has ${bytes.length} bytes; the most is ${MAX_LOGO_BYTES}.`;
    refuseIfFaulty([{ field: 'logo', code: 'too_long', detail }]);
  }
  await deps.unitOfWork.run(async ({ clients, clientLogos, audit }) => {
    expect?.(await findChangeableClient(clients, deps.declaredClientIds, clientId));
    await clientLogos.put(clientId, { type, bytes }, deps.clock.now());
    audit.record({ type: 'client.updated', ...auditedClient(clientId), details: { changed: ['logo'] } });
  });
}

/**
 * Takes a client's logo away. One that its metadata names is fetched again.
 * @throws {DomainError} `not_found` for the client, `declared_in_configuration`
 */
export async function removeClientLogo(
  deps: ChangeClientLogoDeps,
  clientId: string,
  expect?: (client: Client) => void,
): Promise<boolean> {
  return deps.unitOfWork.run(async ({ clients, clientLogos, audit }) => {
    expect?.(await findChangeableClient(clients, deps.declaredClientIds, clientId));
    const removed = await clientLogos.remove(clientId);
    if (removed) {
      audit.record({ type: 'client.updated', ...auditedClient(clientId), details: { changed: ['logo'] } });
    }
    return removed;
  });
}
