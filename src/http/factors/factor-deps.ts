import type { LoginThrottle } from '../../domain/accounts/login-throttle.js';
import type { Clock } from '../../domain/clock.js';
import type { TotpStore } from '../../domain/factors/totp-store.js';
import type { PasskeyStore } from '../../domain/passkeys/passkey-store.js';
import type { RecoveryCodeStore } from '../../domain/factors/recovery-code-store.js';
import type { KeyedHash } from '../../domain/sealing.js';
import type { SecondFactors } from '../../domain/sign-in/next-sign-in-step.js';
import type { SecondFactorSettings } from '../../domain/sign-in/sign-in-requirement.js';
import type { DeviceMemory } from './device-memory.js';

/** What the pages of second factors are made with. */
export interface FactorDeps {
  readonly settings: SecondFactorSettings;
  /** Which second factors an account has. */
  readonly secondFactors: (accountId: string) => Promise<SecondFactors>;
  readonly totp: Pick<TotpStore, 'find' | 'findPending'>;
  readonly recoveryCodes: Pick<RecoveryCodeStore, 'countLeft' | 'madeAt'>;
  readonly passkeys: Pick<PasskeyStore, 'countFor' | 'listForAccount'>;
  readonly deviceMemory: DeviceMemory;
  readonly loginThrottle: Pick<LoginThrottle, 'count' | 'succeed'>;
  readonly recoveryCodeHash: KeyedHash;
  readonly clock: Clock;
  readonly issuer: string;
  /** How authenticators call this provider. */
  readonly productName: string;
}
