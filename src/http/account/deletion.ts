import type { RouterContext } from '@koa/router';
import { cancelAccountDeletion } from '../../domain/account-deletion/cancel-account-deletion.js';
import { requestAccountDeletion } from '../../domain/account-deletion/request-account-deletion.js';
import { ACCOUNT_PATH } from '../../domain/clients/account-client.js';
import { DomainError } from '../../domain/errors.js';
import type { AccountDeletionView } from '../account-view-models.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import type { HomeAccountDeps } from './home-account-deps.js';
import type { SignedIn } from './signed-in.js';

export const DELETION_PATH = '/account/deletion';

/** Asks for the deletion; for an account that waits for it, the choice to keep it. */
export async function showDeletion(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await requireOwner(deps, ctx);
  if (signedIn) show(deps, ctx, signedIn);
}

/** Marks the account for its deletion, which signs out everywhere, or keeps it. */
export async function submitDeletion(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await requireOwner(deps, ctx);
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const scoped = { ...deps.deletion, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) };
  const { id, profile } = signedIn.account;
  const fields = { requestId: requestIdOf(ctx), accountId: id };
  if (form.get('decision') === 'keep') {
    await cancelAccountDeletion(scoped, id);
    deps.logger.info('deletion of an account cancelled', fields);
    goOn(ctx, ACCOUNT_PATH, 'deletion_cancelled');
    return;
  }
  if (form.get('decision') !== 'delete') {
    show(deps, ctx, signedIn);
    return;
  }
  try {
    const dueAt = await requestAccountDeletion(scoped, id);
    deps.logger.info('deletion of an account requested', fields);
    deps.pages.show(ctx, 'account-deletion-done', {
      timeZone: profile.zoneinfo ?? 'UTC',
      dueAt: dueAt?.toISOString(),
    });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'last_administrator')) throw error;
    show(deps, ctx, signedIn, 'last_administrator');
  }
}

/** To delete an account takes a proof from a moment ago; to keep it, a session is enough. */
async function requireOwner(deps: HomeAccountDeps, ctx: RouterContext): Promise<SignedIn | undefined> {
  const seen = await deps.signedIn.require(ctx, { whileDeleting: true });
  if (seen?.account.deletionDueAt !== undefined) return seen;
  return seen && deps.signedIn.require(ctx, { recently: true, whileDeleting: true });
}

function show(
  deps: HomeAccountDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  fault?: AccountDeletionView['fault'],
): void {
  deps.pages.show(
    ctx,
    'account-deletion',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, DELETION_PATH, signedIn),
      graceDays: deps.deletion.deletionGraceDays,
      dueAt: signedIn.account.deletionDueAt?.toISOString(),
      fault,
      signOutUri: deps.signOutPath,
    },
    { status: fault === undefined ? 200 : 422 },
  );
}
