import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import type { AuditEvent } from '../../src/domain/audit/audit-event.js';
import type { AuditQuery } from '../../src/domain/audit/audit-log.js';
import type { Client } from '../../src/domain/clients/client.js';
import { createReturnAddress } from '../../src/http/account/return-address.js';
import type { HomeAccountDeps } from '../../src/http/account/home-account-deps.js';
import { createHomeAccountRouter } from '../../src/http/account/home-router.js';
import { createSignedInReader } from '../../src/http/account/signed-in-reader.js';
import { errorHandler } from '../../src/http/middlewares/error-handler.js';
import { requestId } from '../../src/http/middlewares/request-id.js';
import type { CurrentSession } from '../../src/provider/current-session.js';
import { GOOD_PASSWORD } from './account-deps.js';
import { createRecordingLogger, formRequest, modelPages, testPages, useHttpApps } from './http-app.js';
import { createInMemoryClientUseStore } from './in-memory-client-use-store.js';
import { csrf } from './interaction-app.js';
import { createOwnAccountDeps } from './own-account-deps.js';
import { unitsOfWorkOf } from './units-of-work.js';

export const ISSUER = 'https://id.example.com';
/** The id of the session whose browser sends the cookie `browser=mine`. */
export const SESSION = 'c2Vzc2lvbg';

/** Marks addresses as the server's own. */
export const returnAddress = createReturnAddress((text) => createHmac('sha256', 'r').update(text).digest());

/**
 * The pages of the account of one person, who is signed in with one browser. Pages are answered as models.
 * @returns a function that starts them; they are closed after each test
 */
export function useAccountApps() {
  const serve = useHttpApps();
  return (over: Partial<HomeAccountDeps> = {}) => serveAccount(serve, over);
}

async function serveAccount(serve: ReturnType<typeof useHttpApps>, over: Partial<HomeAccountDeps>) {
  const deps = createOwnAccountDeps();
  const { clock } = deps;
  const account = await createAccount(deps, {
    email: 'jo@example.com',
    profile: { givenName: 'Jo', familyName: 'Doe' },
    password: GOOD_PASSWORD,
  });
  const logger = createRecordingLogger();
  const session: { now: CurrentSession | undefined } = {
    now: {
      accountId: account.id,
      id: SESSION,
      signedInAt: clock.now(),
      amr: ['pwd'],
      acr: undefined,
      outlived: false,
    },
  };
  const secondFactor: { since: Date | undefined } = { since: undefined };
  const events: AuditEvent[] = [];
  const queries: AuditQuery[] = [];
  const clients: Partial<Client>[] = [];
  const clientUses = createInMemoryClientUseStore();
  const all: HomeAccountDeps = {
    signedIn: createSignedInReader({
      issuer: ISSUER,
      currentSession: (req: IncomingMessage) =>
        Promise.resolve(req.headers.cookie?.includes('browser=mine') === true ? session.now : undefined),
      accounts: deps.accounts,
      secondFactorSince: () => Promise.resolve(secondFactor.since),
      returnAddress,
      clock,
    }),
    returnAddress,
    unitsOfWork: unitsOfWorkOf(deps.unitOfWork),
    pages: modelPages,
    csrf,
    issuer: ISSUER,
    clock,
    logger,
    accounts: deps.accounts,
    sessions: deps.sessions,
    connectedApps: {
      consents: deps.consents,
      grants: deps.grants,
      clientUses,
      clientDirectory: {
        find: (clientId) =>
          Promise.resolve(clients.find((client) => client.clientId === clientId) as Client | undefined),
      },
    },
    passwords: deps,
    deletion: { clock, issuer: ISSUER, deletionGraceDays: 7 },
    auditReader: {
      list: (query) => {
        queries.push(query);
        const { before = Infinity, limit } = query;
        const found = events.filter(({ sequence }) => sequence < before);
        const page = found.slice(0, limit);
        return Promise.resolve({
          events: page,
          next: found.length > limit ? page.at(-1)?.sequence : undefined,
        });
      },
    },
    scopes: [{ name: 'orders:read', description: 'See your orders', claims: [] }],
    resources: [],
    areas: [],
    signOutPath: '/session/end',
    secure: true,
    ...over,
  };
  const app = await serve(requestId, errorHandler(testPages, logger), createHomeAccountRouter(all));
  const cookie = 'browser=mine';
  return {
    ...deps,
    app,
    account,
    secondFactor,
    session,
    events,
    queries,
    clients,
    clientUses,
    logger,
    /** Asks as the person's browser. */
    show: (path: string) => app.ask(path, { headers: { cookie } }),
    /** Posts a form of the page as the person's browser. */
    post: (path: string, fields: Readonly<Record<string, string>>, headers = {}) =>
      app.ask(
        path,
        formRequest({ csrf: csrf.token(`account ${SESSION}`), ...fields }, { cookie, ...headers }),
      ),
    now: async () => (await deps.accounts.findById(account.id)) ?? account,
  };
}
