import type { Context } from 'koa';
import { DomainError } from '../../domain/errors.js';
import { RECOVERY_CODES, tidyRecoveryCode } from '../../domain/factors/recovery-code.js';
import { activateRecoveryCodes, type RecoveryCodesDeps } from '../../domain/factors/recovery-codes.js';
import type { RecoveryCodesView } from '../factors-view-models.js';
import type { Pages, PageSettings } from '../pages.js';

type Form = ReadonlyMap<string, string>;

/** Where new codes are shown: on a page of the account, or within a sign-in. */
export interface RecoveryCodesPlace {
  readonly form: Pick<RecoveryCodesView, 'action' | 'csrf' | 'downloadAction' | 'clientName'>;
  readonly settings?: Omit<PageSettings, 'status'>;
}

/** The page of new codes, which are shown nowhere else. */
export function showRecoveryCodes(
  { pages }: { readonly pages: Pages },
  ctx: Context,
  { form, settings }: RecoveryCodesPlace,
  codes: readonly string[],
  fault?: RecoveryCodesView['fault'],
): void {
  pages.show(ctx, 'recovery-codes', { ...form, codes, fault }, { ...settings, status: fault ? 422 : 200 });
}

/**
 * Takes the form of that page: the codes count once their owner says that they have saved them.
 * @returns `none` for a form without codes; `not_saved` after the page was shown again; `outdated` for codes that were
 * posted twice, or made anew in another tab
 */
export async function submitRecoveryCodes(
  deps: { readonly pages: Pages; readonly factors: RecoveryCodesDeps },
  ctx: Context,
  place: RecoveryCodesPlace,
  posted: { readonly accountId: string; readonly form: Form },
): Promise<'none' | 'not_saved' | 'outdated' | 'saved'> {
  const { accountId, form } = posted;
  const codes = postedCodes(form);
  if (!codes) return 'none';
  if (form.get('saved') !== '1') {
    showRecoveryCodes(deps, ctx, place, codes, 'not_saved');
    return 'not_saved';
  }
  try {
    await activateRecoveryCodes(deps.factors, accountId, codes);
    return 'saved';
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
    return 'outdated';
  }
}

/** Answers the codes that the page shows as a file to keep. @throws {DomainError} `form_rejected` where the form has none */
export function answerRecoveryCodeFile(ctx: Context, form: Form, issuer: string): void {
  const codes = postedCodes(form);
  if (!codes) throw new DomainError('form_rejected', 'These are no recovery codes.');
  ctx.type = 'text/plain; charset=utf-8';
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', 'attachment; filename="recovery-codes.txt"');
  ctx.body = `${issuer}\r\n\r\n${codes.join('\r\n')}\r\n`;
}

/** The codes that a form brings back, as they were shown; undefined where they are none. */
function postedCodes(form: Form): readonly string[] | undefined {
  const codes = (form.get('codes') ?? '').split(' ');
  const areCodes =
    codes.length === RECOVERY_CODES && codes.every((code) => /^[0-9a-z]{4}(-[0-9a-z]{4}){2}$/.test(code));
  return areCodes && codes.every((code) => tidyRecoveryCode(code) !== undefined) ? codes : undefined;
}
