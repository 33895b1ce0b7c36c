import type { RouterContext } from '@koa/router';
import type { AuditOrigin } from '../../domain/audit/audit-event.js';
import type { UnitOfWork } from '../../domain/unit-of-work.js';
import type { AccountDone, AccountPage } from '../account-view-models.js';
import { readForm } from '../form-body.js';
import type { FormTarget } from '../form-target.js';
import { accountLabel } from '../interactions/account-label.js';
import { originOf } from '../middlewares/audit-origin.js';
import { seeOther } from '../see-other.js';
import type { AccountDeps } from './account-deps.js';
import type { SignedIn } from './signed-in.js';

/** What every page of the account shows. */
export function accountPage(ctx: RouterContext, { account }: SignedIn): AccountPage {
  const { done } = ctx.query;
  return {
    account: { label: accountLabel(account) },
    timeZone: account.profile.zoneinfo ?? 'UTC',
    done: DONE.find((known) => known === done),
  };
}

/** Where a form of the page posts to: its own address. */
export function accountForm(
  { csrf }: Pick<AccountDeps, 'csrf'>,
  path: string,
  signedIn: SignedIn,
): FormTarget {
  return { action: path, csrf: csrf.token(csrfPurpose(signedIn)) };
}

/** Reads a form of the account's pages. @throws {DomainError} `form_rejected` when it came from elsewhere */
export async function checkedAccountForm(
  { csrf }: Pick<AccountDeps, 'csrf'>,
  ctx: RouterContext,
  signedIn: SignedIn,
): Promise<ReadonlyMap<string, string>> {
  const form = await readForm(ctx);
  csrf.check(ctx, csrfPurpose(signedIn), form.get('csrf'));
  return form;
}

/** Goes on to a page of the account that tells what was done. */
export function goOn(ctx: RouterContext, path: string, done?: AccountDone): void {
  seeOther(ctx, done === undefined ? path : `${path}?done=${done}`);
}

/** A unit of work of whoever is signed in. */
export function ownUnitOfWork(
  { unitsOfWork }: Pick<AccountDeps, 'unitsOfWork'>,
  ctx: RouterContext,
  { account }: SignedIn,
): UnitOfWork {
  const origin: AuditOrigin = originOf(ctx, { kind: 'user', id: account.id });
  return unitsOfWork.from(origin);
}

/** Ends with the session, so that a form of an earlier one is refused. */
function csrfPurpose({ session }: SignedIn): string {
  return `account ${session.id}`;
}

const DONE: readonly AccountDone[] = [
  'profile_saved',
  'password_changed',
  'session_ended',
  'others_ended',
  'app_removed',
  'request_allowed',
  'request_denied',
  'account_linked',
  'account_unlinked',
  'passkey_added',
  'passkey_renamed',
  'passkey_removed',
  'totp_added',
  'totp_removed',
  'recovery_codes_made',
  'deletion_cancelled',
];
