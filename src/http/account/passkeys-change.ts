import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { removePasskey } from '../../domain/passkeys/remove-passkey.js';
import { renamePasskey } from '../../domain/passkeys/rename-passkey.js';
import type { Passkey } from '../../domain/passkeys/passkey.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import { passkeyEntry } from './passkeys-list.js';
import { PASSKEYS_PATH } from './passkeys-path.js';
import type { PasskeysAccountDeps } from './passkeys-account-deps.js';
import type { SignedIn } from './signed-in.js';

/** A passkey of whoever is signed in. */
interface Own {
  readonly signedIn: SignedIn;
  readonly passkey: Passkey;
  /** Of the page of this passkey. */
  readonly path: string;
  readonly count: number;
}

/** One passkey, to name it. */
export async function showPasskey(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const own = await findOwn(deps, ctx);
  if (own) show(deps, ctx, own, own.passkey.name);
}

/** Gives it another name. */
export async function editPasskey(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const own = await findOwn(deps, ctx);
  if (!own) return;
  const { signedIn, passkey } = own;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const name = form.get('name') ?? '';
  const accountId = signedIn.account.id;
  try {
    const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
    await renamePasskey({ unitOfWork }, { accountId, passkeyId: passkey.id, name });
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'invalid_input')) throw error;
    show(deps, ctx, own, name, 'name_invalid');
    return;
  }
  deps.logger.info('passkey renamed', { requestId: requestIdOf(ctx), accountId });
  goOn(ctx, PASSKEYS_PATH, 'passkey_renamed');
}

/** Asks whether it is to go. */
export async function showPasskeyRemoval(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const own = await findOwn(deps, ctx);
  if (!own) return;
  deps.pages.show(ctx, 'passkeys-remove', {
    ...accountPage(ctx, own.signedIn),
    ...accountForm(deps, `${own.path}/remove`, own.signedIn),
    name: own.passkey.name,
    isLast: own.count === 1,
  });
}

/** Removes it. */
export async function removeOwnPasskey(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const own = await findOwn(deps, ctx);
  if (!own) return;
  const { signedIn, passkey } = own;
  await checkedAccountForm(deps, ctx, signedIn);
  const accountId = signedIn.account.id;
  await removePasskey(
    { ...deps, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) },
    { accountId, passkeyId: passkey.id, keptSessionId: signedIn.session.id },
  );
  deps.logger.info('passkey removed', { requestId: requestIdOf(ctx), accountId });
  goOn(ctx, PASSKEYS_PATH, 'passkey_removed');
}

/** @returns undefined when the answer was given: a sign-in, or the list, where there is no such passkey any more */
async function findOwn(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<Own | undefined> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return undefined;
  const { id } = ctx.params as { readonly id?: string };
  const passkeys = await deps.ownPasskeys.passkeys.listForAccount(signedIn.account.id);
  const passkey = passkeys.find((candidate) => candidate.id === id);
  if (!passkey) {
    goOn(ctx, PASSKEYS_PATH);
    return undefined;
  }
  return { signedIn, passkey, path: `${PASSKEYS_PATH}/${passkey.id}`, count: passkeys.length };
}

function show(
  deps: PasskeysAccountDeps,
  ctx: RouterContext,
  { signedIn, passkey, path }: Own,
  name: string,
  fault?: 'name_invalid',
): void {
  deps.pages.show(
    ctx,
    'passkeys-edit',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, path, signedIn),
      passkey: passkeyEntry(passkey),
      name,
      fault,
      removeHref: `${path}/remove`,
    },
    { status: fault === undefined ? 200 : 422 },
  );
}
