import type { UnitOfWork } from '../unit-of-work.js';

export interface DenyConsentDeps {
  readonly unitOfWork: UnitOfWork<'audit'>;
}

/** Takes down that an end user has denied a client what it asked for. What they allowed it before stays. */
export async function denyConsent(
  { unitOfWork }: DenyConsentDeps,
  { accountId, clientId }: { readonly accountId: string; readonly clientId: string },
): Promise<void> {
  await unitOfWork.run(({ audit }) => {
    audit.record({ type: 'consent.denied', subject: { kind: 'user', id: accountId }, clientId });
    return Promise.resolve();
  });
}
