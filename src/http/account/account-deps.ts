import type { Clock } from '../../domain/clock.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import type { Csrf } from '../middlewares/csrf.js';
import type { Pages } from '../pages.js';
import type { ReturnAddress } from './return-address.js';
import type { SignedInReader } from './signed-in.js';

/** What every page of the account is made with. */
export interface AccountDeps {
  readonly signedIn: SignedInReader;
  readonly returnAddress: ReturnAddress;
  readonly unitsOfWork: UnitsOfWork;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly issuer: string;
  readonly clock: Clock;
  readonly logger: Logger;
}
