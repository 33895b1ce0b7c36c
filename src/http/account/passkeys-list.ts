import type { RouterContext } from '@koa/router';
import { MAX_PASSKEYS, type Passkey } from '../../domain/passkeys/passkey.js';
import { userHandleOf } from '../../domain/passkeys/user-handle.js';
import { enrolPostedPasskey } from '../factors/posted-passkey.js';
import type { PasskeyEntry, PasskeyFault } from '../passkey-view-models.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import { RECOVERY_CODES_PATH } from './factor-paths.js';
import { PASSKEYS_PATH } from './passkeys-path.js';
import type { PasskeysAccountDeps } from './passkeys-account-deps.js';
import type { SignedIn } from './signed-in.js';

/** The passkeys of whoever is signed in. */
export async function showPasskeys(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (signedIn) await show(deps, ctx, signedIn);
}

/** Adds the passkey that an authenticator has made. */
export async function addPasskey(deps: PasskeysAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx, { recently: true });
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const { account } = signedIn;
  const unitOfWork = ownUnitOfWork(deps, ctx, signedIn);
  const fault = await enrolPostedPasskey({ ...deps.ownPasskeys, ...deps, unitOfWork }, ctx, account, {
    answer: form.get('credential') ?? '',
    binding: enrolmentBinding(signedIn),
  });
  if (fault) {
    await show(deps, ctx, signedIn, fault);
    return;
  }
  // From now on it is asked for after the password, so there has to be a way without it.
  const hasCodes = (await deps.factors.secondFactors(account.id)).recoveryCodes > 0;
  goOn(ctx, hasCodes ? PASSKEYS_PATH : RECOVERY_CODES_PATH, 'passkey_added');
}

/** What the answer of a new passkey belongs to. */
export function enrolmentBinding({ session }: SignedIn): string {
  return `account ${session.id} new passkey`;
}

/** A passkey as pages show it. */
export function passkeyEntry({ name, createdAt, lastUsedAt, backedUp }: Passkey): PasskeyEntry {
  return {
    name,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString(),
    synced: backedUp,
  };
}

async function show(
  deps: PasskeysAccountDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  fault?: PasskeyFault,
): Promise<void> {
  const { passkeys, ceremonies, userHandleHash } = deps.ownPasskeys;
  const found = await passkeys.listForAccount(signedIn.account.id);
  deps.pages.show(
    ctx,
    'passkeys',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, PASSKEYS_PATH, signedIn),
      optionsAction: `${PASSKEYS_PATH}/options`,
      passkeys: found.map((passkey) => ({
        ...passkeyEntry(passkey),
        href: `${PASSKEYS_PATH}/${passkey.id}`,
      })),
      limit: MAX_PASSKEYS,
      fault,
      signal: JSON.stringify({
        rpId: ceremonies.rpId,
        userId: userHandleOf(userHandleHash, signedIn.account.id).toString('base64url'),
        allAcceptedCredentialIds: found.map(({ credentialId }) => credentialId.toString('base64url')),
      }),
    },
    { status: fault === undefined ? 200 : 422 },
  );
}
