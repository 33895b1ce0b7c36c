import type { RouterContext } from '@koa/router';
import { ACCOUNT_LINK_KINDS, type AccountLinkPurpose } from '../../domain/account-links/account-link.js';
import { readForm } from '../form-body.js';
import type { FormTarget } from '../form-target.js';
import type { AccountLinkDeps } from './account-link-deps.js';

/** Where the form of a link's page posts to. */
export function formTarget(
  { csrf }: Pick<AccountLinkDeps, 'csrf'>,
  purpose: AccountLinkPurpose,
  token: string,
): FormTarget {
  return {
    action: `${ACCOUNT_LINK_KINDS[purpose].path}/${encodeURIComponent(token)}`,
    csrf: csrf.token(csrfPurpose(purpose, token)),
  };
}

/** Reads the form of a link's page. @throws {DomainError} `form_rejected` when it came from elsewhere */
export async function checkedForm(
  { csrf }: Pick<AccountLinkDeps, 'csrf'>,
  ctx: RouterContext,
  purpose: AccountLinkPurpose,
  token: string,
): Promise<ReadonlyMap<string, string>> {
  const form = await readForm(ctx);
  csrf.check(ctx, csrfPurpose(purpose, token), form.get('csrf'));
  return form;
}

function csrfPurpose(purpose: AccountLinkPurpose, token: string): string {
  return `${purpose}\0${token}`;
}
