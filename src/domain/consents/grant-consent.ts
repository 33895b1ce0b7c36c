import type { Clock } from '../clock.js';
import type { AddingUnitOfWork } from '../unit-of-work.js';
import type { Consent } from './consent.js';

export interface GrantConsentDeps {
  readonly unitOfWork: AddingUnitOfWork;
  readonly clock: Clock;
}

/**
 * Remembers what an end user has allowed a client, beside what they allowed before.
 * @param detailTypes types of the authorization details that they allowed this once: told to the audit log, not remembered
 */
export async function grantConsent(
  { unitOfWork, clock }: GrantConsentDeps,
  allowed: Omit<Consent, 'grantedAt'>,
  detailTypes: readonly string[] = [],
): Promise<void> {
  await unitOfWork.run(async ({ consents, audit }) => {
    await consents.add({ ...allowed, grantedAt: clock.now() });
    audit.record({
      type: 'consent.granted',
      subject: { kind: 'user', id: allowed.accountId },
      clientId: allowed.clientId,
      details: {
        scopes: allowed.scopes,
        claims: allowed.claims,
        resource_scopes: allowed.resourceScopes,
        ...(detailTypes.length > 0 && { authorization_details_types: detailTypes }),
      },
    });
  });
}
