import { errors, interactionPolicy as library, type KoaContextWithOIDC } from 'oidc-provider';
import { ACR_OF_LEVEL, levelOf, levelOfAcr, reaches } from '../domain/sign-in/authentication-level.js';
import { canReach, nextSignInStep, type SecondFactors } from '../domain/sign-in/next-sign-in-step.js';
import { proofsOfSession } from '../domain/sign-in/sign-in-attempt.js';
import {
  cannotBeMet,
  signInRequirement,
  type RequestedAuthentication,
  type SecondFactorSettings,
} from '../domain/sign-in/sign-in-requirement.js';
import { clientTraits } from './client-metadata.js';
import { accountBehind } from './find-account.js';
import { requestedAcrs, requestedAuthentication } from './requested-authentication.js';
import { orUnavailable } from './unavailable.js';

/** The reason of an interaction in which somebody is signed in, and not by enough. */
export const STEP_UP = 'acr_unmet';

export interface AuthenticationCheckDependencies {
  readonly secondFactor: SecondFactorSettings;
  readonly secondFactors: (accountId: string) => Promise<SecondFactors>;
  /** Whether the browser that asks is remembered for the account. */
  readonly isRememberedDevice: (ctx: KoaContextWithOIDC, accountId: string) => Promise<boolean>;
}

/**
 * Asks whoever is signed in for more where the client, the request or the policy wants more than the session has. It
 * looks at the session alone, as it is now: what another tab or another app has reached before does not matter.
 * @see OpenID Connect Core 1.0 §5.5.1.1; OpenID Connect Core Error Code unmet_authentication_requirements 1.0
 */
export function authenticationCheck(deps: AuthenticationCheckDependencies): library.Check {
  return new library.Check(
    STEP_UP,
    'a stronger authentication is required',
    'login_required',
    async (ctx) => {
      const { session, account, client, params } = ctx.oidc;
      const requested = requestedAuthentication(params ?? {});
      if (cannotBeMet(requested)) throw unmet('none of the requested ACRs is known');
      const person = account && accountBehind(account);
      if (!session?.accountId || !person || !client) return false;

      const requirement = signInRequirement({
        settings: deps.secondFactor,
        account: person,
        clientRequiresSecondFactor: clientTraits(client).requireSecondFactor,
        requested,
      });
      // Whoever signed in before they had a second factor goes on: it is asked for at the next sign-in.
      const policy = requirement.policy === 'required' ? 'required' : 'off';
      const proofs = proofsOfSession({
        accountId: session.accountId,
        amr: session.amr ?? [],
        acr: session.acr,
        signedInAt: session.loginTs ?? 0,
      });
      if (policy === 'off' && requirement.demanded === undefined && requirement.preferred.length === 0)
        return false;
      if (levelOf(proofs) === 'phishing_resistant') return false;
      const factors = await orUnavailable(() => deps.secondFactors(person.id));
      const step = nextSignInStep({
        proofs,
        factors,
        requirement: { ...requirement, policy },
        // No session comes of a temporary password.
        passwordTemporary: false,
        // A check of its own, which answers otherwise: see `verifiedEmailCheck`.
        emailMissing: false,
        isRemembered: policy === 'required' && (await deps.isRememberedDevice(ctx, person.id)),
      });
      if (step.kind === 'done') return false;
      const lacksFactor =
        (step.kind === 'enrol' || step.kind === 'challenge') && !canReach(factors, step.wanted);
      if (lacksFactor && ctx.oidc.promptPending('none')) {
        throw unmet('the account has no factor by which it could be met');
      }
      return true;
    },
  );
}

/**
 * The `acr` that tokens tell: one of those that the request names where the session reaches it, else what the session
 * has. A stronger sign-in includes the weaker ones.
 */
export function acrToTell(
  requested: RequestedAuthentication,
  sessionAcr: string | undefined,
): string | undefined {
  const level = levelOfAcr(sessionAcr);
  const named = requestedAcrs(requested)
    .map((acr) => levelOfAcr(acr))
    .find((wanted) => wanted !== undefined && reaches(level, wanted));
  return named === undefined ? sessionAcr : ACR_OF_LEVEL[named];
}

function unmet(description: string): Error {
  return new errors.UnmetAuthenticationRequirements(description);
}
