import type { RouterContext } from '@koa/router';
import { DomainError } from '../../domain/errors.js';
import { verifyRecoveryCode, verifyTotp, type TypedCode } from '../../domain/factors/verify-second-factor.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { CodeFault, SecondFactorCodeView } from '../factors-view-models.js';
import { originOf } from '../middlewares/audit-origin.js';
import { requestIdOf } from '../middlewares/request-id.js';
import { seeOther } from '../see-other.js';
import { tooManyAttempts } from '../put-off.js';
import type { InteractionDeps } from './interaction-deps.js';
import { advance, recordProof } from './prove-factor.js';
import { CHALLENGE_PAGES } from './second-factor-challenge.js';
import {
  atStep,
  secondFactorPath,
  stepModel,
  type AnySecondStep,
  type SecondStep,
} from './second-factor-step.js';
import { findSignInState } from './sign-in-state.js';
import { csrfPurpose, pageSettings, readInteractionForm } from './with-interaction.js';

type Method = SecondFactorCodeView['method'];

interface CodeTry {
  readonly fault?: CodeFault;
  readonly retryAfterMinutes?: number;
  readonly status?: number;
}

/** The page that asks for a code. */
export async function showCode(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  method: Method,
): Promise<void> {
  const at = await atChallenge(deps, ctx, interaction, method);
  if (at) show(deps, ctx, at, method, {});
}

/** Takes a code. */
export async function submitCode(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  method: Method,
): Promise<void> {
  const form = await readInteractionForm(deps, ctx, interaction);
  const at = await atChallenge(deps, ctx, interaction, method);
  if (!at) return;
  const { account } = at.state;
  const code = form.get('code') ?? '';
  if (code.trim() === '') {
    show(deps, ctx, at, method, { fault: 'code_missing', status: 422 });
    return;
  }
  const typed: TypedCode = { account, code, address: ctx.ip, clientId: interaction.client.clientId };
  const unitOfWork = deps.unitsOfWork.from(originOf(ctx));
  let left: number | undefined;
  try {
    const scoped = { ...deps.factors, unitOfWork };
    if (method === 'totp') await verifyTotp(scoped, typed);
    else left = await verifyRecoveryCode(scoped, typed);
  } catch (error) {
    const last = refusedTry(ctx, error);
    if (!last) throw error;
    deps.logger.info('second factor refused', { requestId: requestIdOf(ctx), errorCode: last.fault });
    show(deps, ctx, at, method, last);
    return;
  }
  const days = rememberDaysOf(deps, at);
  if (days !== undefined && form.get('remember') === '1') {
    await deps.factors.deviceMemory.remember(ctx, unitOfWork, account, days);
  }
  const state = await recordProof(deps, ctx, interaction, { method, accountId: account.id });
  if (left === undefined) return advance(deps, ctx, interaction, state);
  await deps.interactions.keepAttempt(ctx.req, ctx.res, state.attempt);
  deps.pages.show(
    ctx,
    'recovery-code-used',
    {
      action: secondFactorPath(interaction, '/continue'),
      csrf: deps.csrf.token(csrfPurpose(interaction)),
      clientName: interaction.client.name,
      left,
    },
    pageSettings(interaction),
  );
}

/** Goes on after the page that tells how many recovery codes are left. */
export async function submitUsedCode(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
): Promise<void> {
  await readInteractionForm(deps, ctx, interaction);
  const state = await findSignInState(deps, ctx, interaction);
  if (state) await advance(deps, ctx, interaction, state);
  else seeOther(ctx, `/interaction/${interaction.uid}`);
}

async function atChallenge(
  deps: InteractionDeps,
  ctx: RouterContext,
  interaction: CurrentInteraction,
  method: Method,
): Promise<SecondStep<'challenge'> | undefined> {
  const at = await atStep(deps, ctx, interaction, 'challenge');
  if (!at || at.state.step.methods.includes(method)) return at;
  seeOther(ctx, secondFactorPath(interaction));
  return undefined;
}

function show(
  deps: InteractionDeps,
  ctx: RouterContext,
  at: SecondStep<'challenge'>,
  method: Method,
  { fault, retryAfterMinutes, status }: CodeTry,
): void {
  const { interaction, state } = at;
  deps.pages.show(
    ctx,
    'second-factor-code',
    {
      ...stepModel(deps, at, CHALLENGE_PAGES[method]),
      method,
      fault,
      retryAfterMinutes,
      rememberDays: rememberDaysOf(deps, at),
      otherWay: otherWay(interaction, method, state.step.methods),
    },
    pageSettings(interaction, status),
  );
}

function otherWay(
  interaction: CurrentInteraction,
  method: Method,
  methods: SecondStep<'challenge'>['state']['step']['methods'],
): SecondFactorCodeView['otherWay'] {
  const [other, ...more] = methods.filter((way) => way !== method);
  if (other === undefined) return undefined;
  return other === 'recovery_code' && more.length === 0
    ? { method: 'recovery_code', address: secondFactorPath(interaction, CHALLENGE_PAGES.recovery_code) }
    : { method: 'list', address: secondFactorPath(interaction, '?choose=1') };
}

/** A browser is remembered only where policy asks: it would not spare anybody what an app demands. */
export function rememberDaysOf(
  { factors: { settings } }: InteractionDeps,
  { state: { requirement } }: AnySecondStep,
): number | undefined {
  return requirement.policy === 'off' || settings.rememberDays === 0 ? undefined : settings.rememberDays;
}

function refusedTry(
  ctx: RouterContext,
  error: unknown,
): (CodeTry & { readonly fault: CodeFault }) | undefined {
  const isWrong = error instanceof DomainError && error.code === 'invalid_credentials';
  return isWrong ? { fault: 'code_wrong', status: 422 } : tooManyAttempts(ctx, error);
}
