import type { RouterContext } from '@koa/router';
import { changeOwnPassword, hasPassword } from '../../domain/accounts/change-own-password.js';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { putOff } from '../put-off.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import type { HomeAccountDeps } from './home-account-deps.js';
import type { SignedIn } from './signed-in.js';

export const PASSWORD_PATH = '/account/password';

/** What was wrong with the last try. */
interface Refusal {
  readonly faults: readonly FieldFault[];
  readonly status: number;
  readonly retryAfterMinutes?: number | undefined;
}

/**
 * Whoever is signed in, with what they have to know to go on: the current password, or, where there is none, that they
 * signed in a moment ago.
 */
async function requireOwner(
  deps: HomeAccountDeps,
  ctx: RouterContext,
): Promise<{ readonly signedIn: SignedIn; readonly isSet: boolean } | undefined> {
  const seen = await deps.signedIn.require(ctx);
  if (!seen) return undefined;
  const isSet = await hasPassword(deps.accounts, seen.account);
  const signedIn = isSet ? seen : await deps.signedIn.require(ctx, { recently: true });
  return signedIn && { signedIn, isSet };
}

/** Changes the password, or sets the first one. */
export async function showPassword(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const owner = await requireOwner(deps, ctx);
  if (owner) show(deps, ctx, owner.signedIn, owner.isSet);
}

/** Everything else that was issued to the account ends; this session goes on. */
export async function submitPassword(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const owner = await requireOwner(deps, ctx);
  if (!owner) return;
  const { signedIn, isSet } = owner;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const currentPassword = form.get('current_password') ?? '';
  const newPassword = form.get('password') ?? '';
  const missing = [
    ...(isSet && currentPassword === '' ? [fault('current_password', 'current_password_missing')] : []),
    ...(newPassword === '' ? [fault('password', 'password_missing')] : []),
  ];
  if (missing.length > 0) {
    show(deps, ctx, signedIn, isSet, { faults: missing, status: 422 });
    return;
  }
  try {
    await changeOwnPassword(
      { ...deps.passwords, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) },
      signedIn.account,
      { currentPassword, newPassword, sessionId: signedIn.session.id, address: ctx.ip },
    );
    deps.logger.info('password changed', {
      requestId: requestIdOf(ctx),
      accountId: signedIn.account.id,
    });
    goOn(ctx, PASSWORD_PATH, 'password_changed');
  } catch (error) {
    const refusal = refusalOf(ctx, error);
    if (!refusal) throw error;
    show(deps, ctx, signedIn, isSet, refusal);
  }
}

function show(
  deps: HomeAccountDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  isSet: boolean,
  { faults, status, retryAfterMinutes }: Refusal = { faults: [], status: 200 },
): void {
  deps.pages.show(
    ctx,
    'account-password',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, PASSWORD_PATH, signedIn),
      hasPassword: isSet,
      passwordMinLength: deps.passwords.passwordPolicy.minLength,
      faults,
      retryAfterMinutes,
    },
    { status },
  );
}

function refusalOf(ctx: RouterContext, error: unknown): Refusal | undefined {
  const off = putOff(ctx, error);
  if (off) return { ...off, faults: [fault('', off.fault)] };
  if (!(error instanceof DomainError)) return undefined;
  if (error.code === 'invalid_input') return { faults: error.faults, status: 422 };
  return error.code === 'invalid_credentials'
    ? { faults: [fault('current_password', 'current_password_wrong')], status: 422 }
    : undefined;
}

function fault(field: string, code: string): FieldFault {
  return { field, code, detail: code };
}
