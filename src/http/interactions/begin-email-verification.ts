import type { RouterContext } from '@koa/router';
import { boundEmail } from '../../domain/account-links/account-link.js';
import { requestEmailVerification } from '../../domain/account-links/request-email-verification.js';
import type { Account } from '../../domain/accounts/account.js';
import type { SignInAttempt } from '../../domain/sign-in/sign-in-attempt.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { mailLocale } from '../sign-up/mail-locale.js';
import { putOff } from '../put-off.js';
import type { InteractionDeps } from './interaction-deps.js';

/**
 * Sends the mail when a sign-in comes to this step for the first time.
 * @returns the attempt, which from now on survives that the address is verified
 */
export async function beginEmailVerification(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  { account, attempt }: { readonly account: Account; readonly attempt: SignInAttempt },
): Promise<SignInAttempt> {
  const awaitedEmail = boundEmail(account);
  if (attempt.awaitedEmail === awaitedEmail) return attempt;
  try {
    await sendVerification(deps, ctx, interaction, account.id);
  } catch (error) {
    // The page has a button that tells when it can be sent again.
    if (!putOff(ctx, error)) throw error;
    ctx.remove('Retry-After');
  }
  return { ...attempt, awaitedEmail };
}

/** Mails the link, unless there is no mail. @throws {TooManyAttemptsError} */
export async function sendVerification(
  { verifiedEmail, unitsOfWork, logger }: InteractionDeps,
  ctx: RouterContext,
  { uiLocales }: CurrentInteraction,
  accountId: string,
): Promise<void> {
  if (!verifiedEmail.hasMail) return;
  const unitOfWork = unitsOfWork.from(originOf(ctx, { kind: 'user', id: accountId }));
  await requestEmailVerification(
    { ...verifiedEmail.requests, unitOfWork },
    { accountId, locale: mailLocale(ctx, uiLocales), address: ctx.ip },
  );
  logger.info('verification requested', { requestId: requestIdOf(ctx), accountId });
}
