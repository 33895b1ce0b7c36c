import { createInMemoryClientLogoStore } from './in-memory-client-logo-store.js';
import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import { DomainError } from '../../src/domain/errors.js';
import { readSecondFactors } from '../../src/domain/factors/read-second-factors.js';
import { createDeviceMemory } from '../../src/http/factors/device-memory.js';
import { createSecondFactorRouter } from '../../src/http/interactions/second-factor-router.js';
import type { InteractionDeps } from '../../src/http/interactions/interaction-deps.js';
import { createSignInTicketCookie } from '../../src/http/sign-in-ticket-cookie.js';
import { createWayOnCookie } from '../../src/http/sign-up/way-on-cookie.js';
import { createRestartCookie } from '../../src/http/interactions/restart-cookie.js';
import { createInteractionRouter } from '../../src/http/interactions/router.js';
import { createCsrf } from '../../src/http/middlewares/csrf.js';
import { errorHandler } from '../../src/http/middlewares/error-handler.js';
import { requestId } from '../../src/http/middlewares/request-id.js';
import { trustedProxies } from '../../src/http/middlewares/trusted-proxies.js';
import type { Authentication, CurrentInteraction, Interactions } from '../../src/provider/interactions.js';
import type { KnownSession } from '../../src/provider/known-sessions.js';
import type { ConsentScope } from '../../src/provider/consent-scope.js';
import { createWebauthnCeremonies } from '../../src/security/webauthn-ceremonies.js';
import { createAccountDeps, GOOD_PASSWORD } from './account-deps.js';
import {
  createRecordingLogger,
  formRequest,
  modelPages,
  testPages,
  useHttpApps,
  type HttpAnswer,
} from './http-app.js';
import { unitsOfWorkOf } from './units-of-work.js';

const ISSUER = 'https://id.example.com';
/** The tokens of the forms. */
export const csrf = createCsrf((text) => createHmac('sha256', 'k').update(text).digest(), ISSUER);
/** Where the protocol goes on. */
export const RESUME = `${ISSUER}/auth/one`;
/** An interaction that asks an unknown person to sign in. */
export const LOGIN: CurrentInteraction = {
  uid: 'one',
  prompt: 'login',
  reasons: ['no_session'],
  client: {
    clientId: 'shop',
    name: 'Shop',
    uri: 'https://shop.example.com',
    logoUri: undefined,
    policyUri: 'https://shop.example.com/policy',
    tosUri: undefined,
    initiateLoginUri: undefined,
    look: {},
  },
  traits: {
    type: 'web',
    firstParty: false,
    selfRegistered: false,
    requireSecondFactor: false,
    requireVerifiedEmail: false,
    resources: [],
    allowedOrigins: [],
    scopes: ['openid'],
    allowedRoles: [],
    allowedGroups: [],
  },
  accountId: undefined,
  loginHint: undefined,
  uiLocales: undefined,
  display: undefined,
  redirectUri: 'https://shop.example.com/callback',
  requestedScopes: ['openid', 'email'],
  missing: { scopes: [], claims: [], resourceScopes: {} },
  requestedAuthentication: { essential: undefined, voluntary: [] },
  attempt: undefined,
  provenSession: undefined,
  restartPath: '/auth?client_id=shop&state=a',
};

/** The library's part: one interaction, bound to the browser whose cookie is `browser=mine`. */
function createFakeInteractions() {
  const finished: (Authentication | ConsentScope | string)[] = [];
  const finish = (result: (typeof finished)[number]): Promise<string> => {
    finished.push(result);
    return Promise.resolve(RESUME);
  };
  const fake: Interactions & {
    finished: typeof finished;
    now: CurrentInteraction | undefined;
    /** The sessions of the browser. */
    known: KnownSession[];
  } = {
    finished,
    now: LOGIN,
    known: [],
    current(req: IncomingMessage, _res, uid) {
      const isMine = req.headers.cookie?.includes('browser=mine') === true;
      if (fake.now?.uid === uid && isMine) return Promise.resolve(fake.now);
      return Promise.reject(new DomainError('interaction_not_found', 'The interaction is over.'));
    },
    keepAttempt(_req, _res, attempt) {
      if (fake.now) fake.now = { ...fake.now, attempt };
      return Promise.resolve();
    },
    finishLogin: (_req, _res, authentication) => finish(authentication),
    finishConsent: (_req, _res, allowed) => finish(allowed),
    knownSessions: () => Promise.resolve(fake.known),
    selectAccount: (_req, _res, accountId) =>
      fake.known.some((session) => session.accountId === accountId)
        ? finish(`selected ${accountId}`)
        : Promise.resolve(undefined),
    leaveSession() {
      if (fake.now) fake.now = { ...fake.now, accountId: undefined };
      fake.known = fake.known.filter(({ inUse }) => !inUse);
      return Promise.resolve();
    },
    proceed: () => finish('proceed'),
    abort: (_req, _res, description) => finish(description),
  };
  return fake;
}

/**
 * The pages of one interaction, with the use cases behind them and everything in memory. Pages are answered as models.
 * @returns a function that starts them; they are closed after each test
 */
export function useInteractionApps() {
  const serve = useHttpApps();
  return (over: Partial<InteractionDeps> = {}) => serveInteractions(serve, over);
}

async function serveInteractions(serve: ReturnType<typeof useHttpApps>, over: Partial<InteractionDeps>) {
  const account = createAccountDeps();
  const interactions = createFakeInteractions();
  const { consents } = account;
  const logger = createRecordingLogger();
  const { id: accountId } = await createAccount(account, {
    email: 'jo@example.com',
    profile: { name: 'Jo Doe' },
    password: GOOD_PASSWORD,
  });
  const deps: InteractionDeps = {
    interactions,
    authentication: account,
    temporaryPasswords: { ...account, interactionReference: (uid) => `reference of ${uid}` },
    unitsOfWork: unitsOfWorkOf(account.unitOfWork),
    addingUnitsOfWork: unitsOfWorkOf(account.unitOfWork),
    accounts: account.accounts,
    consents,
    clientLogos: createInMemoryClientLogoStore(),
    scopes: [{ name: 'orders:read', description: 'See your orders', claims: [] }],
    resources: [],
    grantSeconds: 30 * 24 * 60 * 60,
    pages: modelPages,
    csrf,
    restartCookie: createRestartCookie(false),
    signInTickets: account,
    signInTicketCookie: createSignInTicketCookie(false),
    keepingAccounts: account,
    verifiedEmail: { required: false, hasMail: true, requests: account, wayOn: createWayOnCookie(false) },
    passkeySignIn: {
      ...account,
      ceremonies: createWebauthnCeremonies({ issuer: ISSUER, name: 'Latchkey' }),
      userHandleHash: (text) => createHmac('sha256', 'u').update(text).digest(),
    },
    factors: {
      ...account,
      settings: { policy: 'optional', roles: [], rememberDays: 30 },
      secondFactors: (id) => readSecondFactors(account, id),
      deviceMemory: createDeviceMemory({ ...account, secure: false }),
      productName: 'Latchkey',
    },
    clock: account.clock,
    logger,
    ...over,
  };
  const app = await serve(
    requestId,
    trustedProxies(['loopback']),
    errorHandler(testPages, logger),
    createSecondFactorRouter(deps),
    createInteractionRouter(deps),
  );
  const cookie = 'browser=mine';
  const post = (step: string, fields: Record<string, string>, headers = {}): Promise<HttpAnswer> =>
    app.ask(
      `/interaction/one/${step}`,
      formRequest({ csrf: csrf.token('interaction one'), ...fields }, { cookie, ...headers }),
    );
  return {
    app,
    account,
    accountId,
    interactions,
    consents,
    logger,
    show: () => app.ask('/interaction/one', { headers: { cookie } }),
    post,
    signIn: (fields: Record<string, string> = {}, headers = {}) =>
      post('login', { username: 'jo@example.com', password: GOOD_PASSWORD, ...fields }, headers),
  };
}
