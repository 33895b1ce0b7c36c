import Router, { type RouterContext } from '@koa/router';
import { redeemSetupLink, type RedeemSetupLinkDeps } from '../../domain/administrators/redeem-setup-link.js';
import { DomainError, type FieldFault } from '../../domain/errors.js';
import type { UnitsOfWork } from '../../domain/unit-of-work.js';
import type { Logger } from '../../observability/logger.js';
import { readForm } from '../form-body.js';
import { originOf } from '../middlewares/audit-origin.js';
import type { Csrf } from '../middlewares/csrf.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { Pages } from '../pages.js';

export interface SetupDeps {
  readonly setup: Omit<RedeemSetupLinkDeps, 'unitOfWork'>;
  readonly unitsOfWork: UnitsOfWork;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly logger: Logger;
}

const CSRF_PURPOSE = 'setup';

/** The page on which the holder of a set-up link becomes the first administrator. */
export function createSetupRouter(deps: SetupDeps): Router {
  const router = new Router();
  router.get('/setup', (ctx: RouterContext) => {
    showSetup(deps, ctx, new Map(), []);
  });
  router.post('/setup', (ctx: RouterContext) => submitSetup(deps, ctx));
  return router;
}

async function submitSetup(deps: SetupDeps, ctx: RouterContext): Promise<void> {
  const form = await readForm(ctx);
  deps.csrf.check(ctx, CSRF_PURPOSE, form.get('csrf'));
  const optional = (name: string): string | undefined => form.get(name)?.trim() || undefined;
  try {
    const setup = { ...deps.setup, unitOfWork: deps.unitsOfWork.from(originOf(ctx)) };
    const account = await redeemSetupLink(setup, {
      token: (form.get('code') ?? '').trim(),
      email: (form.get('email') ?? '').trim(),
      givenName: optional('given_name'),
      familyName: optional('family_name'),
      password: form.get('password') ?? '',
    });
    deps.logger.info('administrator set up', { requestId: requestIdOf(ctx), accountId: account.id });
    deps.pages.show(ctx, 'setup-done', { email: account.email });
  } catch (error) {
    const faults = faultsOf(error);
    if (!faults) throw error;
    showSetup(deps, ctx, form, faults);
  }
}

function showSetup(
  { pages, csrf, setup }: SetupDeps,
  ctx: RouterContext,
  form: ReadonlyMap<string, string>,
  faults: readonly FieldFault[],
): void {
  pages.show(
    ctx,
    'setup',
    {
      action: '/setup',
      csrf: csrf.token(CSRF_PURPOSE),
      code: form.get('code') ?? '',
      email: form.get('email') ?? '',
      givenName: form.get('given_name') ?? '',
      familyName: form.get('family_name') ?? '',
      passwordMinLength: setup.passwordPolicy.minLength,
      faults,
    },
    { status: faults.length > 0 ? 422 : 200 },
  );
}

function faultsOf(error: unknown): readonly FieldFault[] | undefined {
  if (!(error instanceof DomainError)) return undefined;
  if (error.code === 'invalid_input') return error.faults;
  if (error.code !== 'setup_link_invalid') return undefined;
  return [{ field: 'setup_link', code: error.code, detail: error.message }];
}
