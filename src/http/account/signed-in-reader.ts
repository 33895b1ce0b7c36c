import { createHash, randomBytes } from 'node:crypto';
import type { RouterContext } from '@koa/router';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import {
  ACCOUNT_CLIENT_ID,
  ACCOUNT_PATH,
  ACCOUNT_SIGNED_IN_PATH,
} from '../../domain/clients/account-client.js';
import type { Clock } from '../../domain/clock.js';
import { ACR_OF_LEVEL, levelOfAcr, reaches } from '../../domain/sign-in/authentication-level.js';
import { RECENT_SECONDS } from '../../domain/sign-in/sign-in-attempt.js';
import type { CurrentSession, CurrentSessionReader } from '../../provider/current-session.js';
import { ROUTES } from '../../provider/routes.js';
import { readForm } from '../form-body.js';
import { seeOther } from '../see-other.js';
import type { ReturnAddress } from './return-address.js';
import type { SignedInReader } from './signed-in.js';

export interface SignedInReaderDeps {
  readonly issuer: string;
  readonly currentSession: CurrentSessionReader;
  readonly accounts: Pick<AccountStore, 'findById'>;
  /** Since when an account has had a second factor; undefined where it has none. */
  readonly secondFactorSince: (accountId: string) => Promise<Date | undefined>;
  readonly returnAddress: ReturnAddress;
  readonly clock: Clock;
}

/**
 * Looks at this provider's own session, which is the truth: whoever has none signs in like for any other app, and comes
 * back. What comes back with them is not looked at.
 */
export function createSignedInReader(deps: SignedInReaderDeps): SignedInReader {
  const signIn = (ctx: RouterContext, wish: SignInWish): void => {
    // A form that was posted is not posted again; its page is where the person goes on.
    const page = ctx.method === 'GET' || ctx.method === 'HEAD' ? `${ctx.path}${ctx.search}` : ctx.path;
    seeOther(ctx, signInAddress(deps, page, wish));
  };
  return {
    async require(ctx, { recently = false, whileDeleting = false, within, accountId } = {}) {
      // Whoever sends a form slowly must not go on in a session that has been ended meanwhile. The faults of the form are told later.
      if (ctx.method === 'POST') await readForm(ctx).catch(() => undefined);
      const session = await deps.currentSession(ctx.req, ctx.res);
      const account = session && (await deps.accounts.findById(session.accountId));
      if (!session || !account || account.disabled || session.outlived) {
        signIn(ctx, { again: session !== undefined });
        return undefined;
      }
      if (accountId !== undefined && account.id !== accountId) {
        signIn(ctx, { again: false, choose: true });
        return undefined;
      }
      const { id, signedInAt, amr, acr } = session;
      const age = deps.clock.now().getTime() - signedInAt.getTime();
      if (recently || within !== undefined) {
        const isOld = age > (within ?? RECENT_SECONDS) * 1000;
        if (isOld || (await lacksSecondFactor(deps, session))) {
          signIn(ctx, { again: isOld, secondFactor: true });
          return undefined;
        }
      }
      if (account.deletionDueAt !== undefined && !whileDeleting) {
        seeOther(ctx, `${ACCOUNT_PATH}/deletion`);
        return undefined;
      }
      return { account, session: { id, signedInAt, amr, acr } };
    },
  };
}

/**
 * Whether somebody with a second factor has signed in without it, in a browser that is not asked for it: for what matters
 * that will not do. A factor that was added since the sign-in is not asked for yet.
 */
async function lacksSecondFactor(
  { secondFactorSince }: SignedInReaderDeps,
  { accountId, acr, signedInAt }: CurrentSession,
): Promise<boolean> {
  if (reaches(levelOfAcr(acr), 'multi')) return false;
  const since = await secondFactorSince(accountId);
  return since !== undefined && since <= signedInAt;
}

interface SignInWish {
  /** The person proves who they are also where they are signed in. */
  readonly again: boolean;
  /** The person chooses among their accounts. */
  readonly choose?: boolean;
  /** With a second factor, where the account has one. */
  readonly secondFactor?: boolean;
}

function signInAddress(
  { issuer, returnAddress }: SignedInReaderDeps,
  page: string,
  { again, choose = false, secondFactor = false }: SignInWish,
): string {
  // Nobody redeems the code, so nobody keeps the verifier.
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
  const query = new URLSearchParams({
    client_id: ACCOUNT_CLIENT_ID,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}${ACCOUNT_SIGNED_IN_PATH}`,
    state: returnAddress.toState(page),
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(again ? { prompt: 'login' } : {}),
    ...(choose ? { prompt: 'select_account' } : {}),
    ...(secondFactor ? { acr_values: ACR_OF_LEVEL.multi } : {}),
  });
  return `${ROUTES.authorization}?${query.toString()}`;
}
