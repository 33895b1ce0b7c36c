import Router, { type RouterContext } from '@koa/router';
import type { Account } from '../../domain/accounts/account.js';
import { epochSeconds } from '../../domain/clock.js';
import { answerRequest } from '../../domain/ciba/answer-request.js';
import { REQUESTS_PATH } from '../../domain/ciba/ask-person.js';
import type {
  BackchannelDecision,
  BackchannelRequest,
  BackchannelRequestStore,
} from '../../domain/ciba/backchannel-request.js';
import type { Client } from '../../domain/clients/client.js';
import type { ClientDirectory } from '../../domain/clients/client-directory.js';
import type { Resource, Scope } from '../../domain/resources/resource.js';
import { levelOfAcr, reaches } from '../../domain/sign-in/authentication-level.js';
import { lacksVerifiedEmail } from '../../domain/sign-in/verified-email.js';
import { signInRequirement, type SecondFactorSettings } from '../../domain/sign-in/sign-in-requirement.js';
import type { AnsweringSession } from '../../provider/backchannel-answers.js';
import { requestedAuthentication } from '../../provider/requested-authentication.js';
import type { AccountRequestsView } from '../account-view-models.js';
import { requestIdOf } from '../middlewares/request-id.js';
import type { AccountDeps } from './account-deps.js';
import { accountForm, accountPage, checkedAccountForm, goOn, ownUnitOfWork } from './account-page.js';
import type { AccountArea } from './home-account-deps.js';
import type { SignedIn } from './signed-in.js';

/** What answering requests of applications needs. */
export interface ApprovalDeps {
  readonly requests: Pick<BackchannelRequestStore, 'listWaiting'>;
  readonly conclude: (
    request: BackchannelRequest,
    decision: BackchannelDecision,
    session: AnsweringSession,
  ) => Promise<void>;
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
  readonly secondFactor: SecondFactorSettings;
  /** Nobody signs in to an app whose email address is not verified. */
  readonly requireVerifiedEmail: boolean;
}

export interface RequestsAccountDeps extends AccountDeps {
  /** Absent: nobody asks people this way. */
  readonly approvals?: ApprovalDeps | undefined;
  readonly scopes: readonly Scope[];
  readonly resources: readonly Resource[];
}

/** For the overview. */
export function requestsArea({ requests }: ApprovalDeps, now: () => Date): AccountArea {
  return {
    name: 'requests',
    path: REQUESTS_PATH,
    count: async (account) => (await requests.listWaiting(account.id, now())).length,
  };
}

/** The page on which people answer what applications ask them for, having proved lately who they are. */
export function createRequestsAccountRouter(deps: RequestsAccountDeps): Router {
  const router = new Router();
  const { approvals } = deps;
  if (!approvals) return router;
  router.get(REQUESTS_PATH, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx, { recently: true });
    if (signedIn) await show(deps, approvals, ctx, signedIn);
  });
  router.post(REQUESTS_PATH, async (ctx: RouterContext) => {
    const signedIn = await deps.signedIn.require(ctx, { recently: true });
    if (signedIn) await submit(deps, approvals, ctx, signedIn);
  });
  return router;
}

async function submit(
  deps: RequestsAccountDeps,
  approvals: ApprovalDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
): Promise<void> {
  const form = await checkedAccountForm(deps, ctx, signedIn);
  const id = form.get('request');
  const decision = DECISIONS[form.get('decision') ?? ''];
  const { account, session } = signedIn;
  const waiting = await approvals.requests.listWaiting(account.id, deps.clock.now());
  const request = waiting.find((one) => one.id === id);
  if (!request || decision === undefined) {
    await show(deps, approvals, ctx, signedIn, 'gone');
    return;
  }
  if (decision === 'allowed') {
    const within = secondsSinceSignIn(request, deps.clock.now());
    if (within !== undefined && !(await deps.signedIn.require(ctx, { within }))) return;
    const client = await approvals.clientDirectory.find(request.clientId);
    const isUnverified = lacksVerifiedEmail(account, {
      clientId: request.clientId,
      byDeployment: approvals.requireVerifiedEmail,
      byClient: client?.requireVerifiedEmail === true,
    });
    if (isUnverified) {
      await show(deps, approvals, ctx, signedIn, 'verified_email');
      return;
    }
    if (!isStrongEnough(approvals, account, client, request, session)) {
      await show(deps, approvals, ctx, signedIn, 'second_factor');
      return;
    }
  }
  const isTaken = await answerRequest(
    {
      unitOfWork: ownUnitOfWork(deps, ctx, signedIn),
      clock: deps.clock,
      conclude: (decided, answer) => approvals.conclude(decided, answer, session),
    },
    { id: request.id, accountId: account.id, decision },
  );
  if (!isTaken) {
    await show(deps, approvals, ctx, signedIn, 'gone');
    return;
  }
  deps.logger.info('request of an app answered', {
    requestId: requestIdOf(ctx),
    accountId: account.id,
    clientId: request.clientId,
  });
  goOn(ctx, REQUESTS_PATH, decision === 'allowed' ? 'request_allowed' : 'request_denied');
}

const DECISIONS: Readonly<Record<string, BackchannelDecision | undefined>> = {
  allow: 'allowed',
  deny: 'denied',
};

/**
 * Seconds for which the person may have been signed in by now: `max_age` counts back from the request, so that whoever signs
 * in after it is always recent enough.
 * @see OpenID Connect Core 1.0 §3.1.2.1 `max_age`
 */
function secondsSinceSignIn(
  { authentication: { max_age: maxAge }, createdAt }: BackchannelRequest,
  now: Date,
): number | undefined {
  // A session knows the second in which it began.
  return maxAge === undefined ? undefined : Number(maxAge) + now.getTime() / 1000 - epochSeconds(createdAt);
}

/** Whether the person has signed in as the client, the policy and the request demand. */
function isStrongEnough(
  { secondFactor }: ApprovalDeps,
  account: Account,
  client: Client | undefined,
  { authentication }: BackchannelRequest,
  { acr }: SignedIn['session'],
): boolean {
  const { policy, demanded } = signInRequirement({
    settings: secondFactor,
    account,
    clientRequiresSecondFactor: client?.requireSecondFactor === true,
    requested: requestedAuthentication(authentication),
  });
  const level = levelOfAcr(acr);
  return (
    (demanded === undefined || reaches(level, demanded)) && (policy !== 'required' || reaches(level, 'multi'))
  );
}

async function show(
  deps: RequestsAccountDeps,
  approvals: ApprovalDeps,
  ctx: RouterContext,
  signedIn: SignedIn,
  fault?: AccountRequestsView['fault'],
): Promise<void> {
  const waiting = await approvals.requests.listWaiting(signedIn.account.id, deps.clock.now());
  const requests = await Promise.all(waiting.map((request) => toView(deps, approvals, request)));
  deps.pages.show(
    ctx,
    'account-requests',
    { ...accountPage(ctx, signedIn), ...accountForm(deps, REQUESTS_PATH, signedIn), requests, fault },
    { status: fault === undefined ? 200 : 422 },
  );
}

async function toView(
  { scopes, resources }: Pick<RequestsAccountDeps, 'scopes' | 'resources'>,
  { clientDirectory }: ApprovalDeps,
  request: BackchannelRequest,
): Promise<AccountRequestsView['requests'][number]> {
  const client = await clientDirectory.find(request.clientId);
  const asked = resources.filter(({ identifier }) => request.resources.includes(identifier));
  return {
    id: request.id,
    clientName: client?.name ?? request.clientId,
    message: request.bindingMessage,
    scopes: request.scopes.map((name) => ({
      name,
      sentence: scopes.find((scope) => scope.name === name)?.description,
      value: asked.find((resource) => resource.scopes.includes(name))?.name,
      isNew: false as const,
    })),
    until: request.expiresAt.toISOString(),
  };
}
