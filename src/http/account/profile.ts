import type { RouterContext } from '@koa/router';
import { profileClaims } from '../../domain/accounts/account-claims.js';
import { readProfileClaims } from '../../domain/accounts/read-profile-claims.js';
import { updateOwnAccount } from '../../domain/accounts/update-own-account.js';
import { DomainError, refuseIfFaulty, type FieldFault } from '../../domain/errors.js';
import { PAGE_LANGUAGES } from '../locale.js';
import { rememberLocale } from '../locale-cookie.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import type { HomeAccountDeps } from './home-account-deps.js';
import type { SignedIn } from './signed-in.js';

export const PROFILE_PATH = '/account/profile';

/** The claims that the page shows; others that the account has stay as they are. */
const CLAIMS = [
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
  'website',
  'birthdate',
  'phone_number',
  'locale',
  'zoneinfo',
] as const;

/** What people tell about themselves. */
export async function showProfile(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (signedIn) show(deps, ctx, signedIn, valuesOf(signedIn), []);
}

/** Writes what the form says; an empty field takes the attribute away. */
export async function submitProfile(deps: HomeAccountDeps, ctx: RouterContext): Promise<void> {
  const signedIn = await deps.signedIn.require(ctx);
  if (!signedIn) return;
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const values = Object.fromEntries(
    ['username', ...CLAIMS].map((name) => [name, (form.get(name) ?? '').trim()]),
  );
  const before = valuesOf(signedIn);
  const changed = Object.fromEntries(
    CLAIMS.filter((name) => form.has(name) && values[name] !== before[name]).map((name) => [
      name,
      values[name] || null,
    ]),
  );
  const username = values['username'] ?? '';
  try {
    const { changes, faults } = readProfileClaims(changed);
    refuseIfFaulty(faults);
    const account = await updateOwnAccount(
      { clock: deps.clock, issuer: deps.issuer, unitOfWork: ownUnitOfWork(deps, ctx, signedIn) },
      signedIn.account.id,
      {
        profile: changes,
        ...(form.has('username') && username !== before['username'] && { username: username || null }),
      },
    );
    deps.logger.info('profile changed', { requestId: requestIdOf(ctx), accountId: account.id });
    const language = PAGE_LANGUAGES.find((tag) => tag === changed['locale']);
    if (language !== undefined) rememberLocale(ctx, language, { now: deps.clock.now(), secure: deps.secure });
    goOn(ctx, PROFILE_PATH, 'profile_saved');
  } catch (error) {
    const isFault = error instanceof DomainError && ['invalid_input', 'already_exists'].includes(error.code);
    if (!isFault) throw error;
    show(deps, ctx, signedIn, values, error.faults);
  }
}

function show(
  deps: HomeAccountDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  values: Readonly<Record<string, string>>,
  faults: readonly FieldFault[],
): void {
  deps.pages.show(
    ctx,
    'account-profile',
    {
      ...accountPage(ctx, signedIn),
      ...accountForm(deps, PROFILE_PATH, signedIn),
      values,
      languages: PAGE_LANGUAGES.map((tag) => ({
        tag,
        name: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag,
      })),
      faults,
    },
    { status: faults.length > 0 ? 422 : 200 },
  );
}

function valuesOf({ account }: SignedIn): Readonly<Record<string, string>> {
  const claims = profileClaims(account.profile);
  const textOf = (name: string): string => {
    const value = claims[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    ...Object.fromEntries(CLAIMS.map((name) => [name, textOf(name)])),
    // Not the one that is made of the other names.
    name: account.profile.name ?? '',
    username: account.username ?? '',
  };
}
