import type { RouterContext } from '@koa/router';
import type { Account } from '../../domain/accounts/account.js';
import { DomainError } from '../../domain/errors.js';
import { enrolPasskey, type EnrolPasskeyDeps } from '../../domain/passkeys/enrol-passkey.js';
import type { Logger } from '../../observability/logger.js';
import { deviceName } from '../account/device-name.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { PasskeyFault } from '../passkey-view-models.js';

/**
 * Adds the passkey that a page's script has posted, named after the browser where nothing better is known.
 * @returns why it was not added, as a page tells it; undefined when it was
 */
export async function enrolPostedPasskey(
  deps: EnrolPasskeyDeps & { readonly logger: Logger },
  ctx: RouterContext,
  account: Account,
  posted: Omit<Parameters<typeof enrolPasskey>[2], 'fallbackName'>,
): Promise<PasskeyFault | undefined> {
  const { browser, system } = deviceName(ctx.get('user-agent'));
  const fallbackName = [browser, system].filter((name) => name !== undefined).join(', ');
  try {
    await enrolPasskey(deps, account, { ...posted, fallbackName });
  } catch (error) {
    const fault = error instanceof DomainError ? FAULTS[error.code] : undefined;
    if (!fault) throw error;
    deps.logger.info('passkey refused', { requestId: requestIdOf(ctx), errorCode: fault });
    return fault;
  }
  deps.logger.info('passkey added', { requestId: requestIdOf(ctx), accountId: account.id });
  return undefined;
}

const FAULTS: Partial<Record<DomainError['code'], PasskeyFault>> = {
  passkey_refused: 'passkey_refused',
  already_exists: 'passkey_exists',
  // The page that follows says so by itself.
  passkey_limit_reached: 'passkey_refused',
};
