import type { BeginPasskeyEnrolmentDeps } from '../../domain/passkeys/begin-passkey-enrolment.js';
import type { PasskeyCeremonies } from '../../domain/passkeys/passkey-ceremonies.js';
import type { PasskeyStore } from '../../domain/passkeys/passkey-store.js';
import type { FactorDeps } from '../factors/factor-deps.js';
import type { AccountDeps } from './account-deps.js';

/** What the pages of passkeys are made with, besides what every page of the account is. */
export interface PasskeysAccountDeps extends AccountDeps {
  readonly factors: FactorDeps;
  readonly ownPasskeys: Omit<BeginPasskeyEnrolmentDeps, 'unitOfWork' | 'passkeys' | 'ceremonies'> & {
    readonly passkeys: Pick<PasskeyStore, 'listForAccount' | 'countFor'>;
    readonly ceremonies: PasskeyCeremonies;
  };
}
