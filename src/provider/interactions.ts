import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type default as Provider, type InteractionResults } from 'oidc-provider';
import { DomainError } from '../domain/errors.js';
import {
  attemptInformation,
  readAttempt,
  type ProvenSession,
  type SignInAttempt,
} from '../domain/sign-in/sign-in-attempt.js';
import type { RequestedAuthentication } from '../domain/sign-in/sign-in-requirement.js';
import { STEP_UP } from './authentication-check.js';
import { upstreamSessionInformation, type UpstreamSession } from '../domain/upstream/upstream-session.js';
import { EMAIL_UNVERIFIED } from './verified-email-check.js';
import { clientTraits, type ClientTraits } from './client-metadata.js';
import type { ConsentScope } from './consent-scope.js';
import { saveGrant } from './grants.js';
import { missingConsent, restartUri, text } from './interaction-request.js';
import { requestedDetails, type AuthorizationDetail } from './features/rich-authorization-requests.js';
import { requestedAuthentication } from './requested-authentication.js';
import type { KnownSession, KnownSessions } from './known-sessions.js';
import { toPageClient, type PageClient } from './protocol-pages.js';

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What an end user is asked for, as the page that asks needs it. */
export interface CurrentInteraction {
  readonly uid: string;
  /** What is asked: `login` or `consent`. */
  readonly prompt: string;
  /** Why it is asked, in the library's words. */
  readonly reasons: readonly string[];
  readonly client: PageClient;
  readonly traits: ClientTraits;
  /** Who is signed in, if anybody is. */
  readonly accountId: string | undefined;
  readonly loginHint: string | undefined;
  readonly uiLocales: string | undefined;
  readonly display: string | undefined;
  readonly redirectUri: string | undefined;
  /** Scopes of this provider itself that the request asks for. */
  readonly requestedScopes: readonly string[];
  /** What of the request the person has not allowed yet. */
  readonly missing: ConsentScope;
  /** What it asks for in detail, which is asked at each request. @see RFC 9396 */
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined;
  /** What it asks of the sign-in. */
  readonly requestedAuthentication: RequestedAuthentication;
  /** What this browser has proved in this interaction, while nobody is signed in by it. */
  readonly attempt: SignInAttempt | undefined;
  /** The session in use, unless the request wants a newer one. */
  readonly provenSession: ProvenSession | undefined;
  /** Where the same request begins again, relative to the issuer. */
  readonly restartPath: string;
}

/** Why an app gets no answer. @see OpenID Connect Core Error Code unmet_authentication_requirements 1.0 */
export type AbortError = 'access_denied' | 'unmet_authentication_requirements';

/** How the person proved who they are. */
export interface Authentication {
  readonly accountId: string;
  /** @see RFC 8176 §2 */
  readonly amr: readonly string[];
  readonly acr?: string;
  /** Epoch seconds of the oldest proof that it rests on; absent: now. */
  readonly signedInAt?: number;
  /** The session at another provider that it rests on; `as_before`: what the session here says of it stays. */
  readonly upstream?: UpstreamSession | 'as_before' | undefined;
}

/**
 * The steps in which an end user takes part. Each takes the request whose cookie binds it to the interaction, and
 * answers the address at which the protocol goes on.
 */
export interface Interactions {
  /** @throws {DomainError} `interaction_not_found` when it is over, expired, or of another browser or address */
  current(req: IncomingMessage, res: ServerResponse, uid: string): Promise<CurrentInteraction>;
  /** Keeps what was proved so far. Nobody is signed in by it. Undefined: nothing is kept. */
  keepAttempt(req: IncomingMessage, res: ServerResponse, attempt: SignInAttempt | undefined): Promise<void>;
  finishLogin(req: IncomingMessage, res: ServerResponse, authentication: Authentication): Promise<string>;
  /** Writes down what the person allows. */
  finishConsent(req: IncomingMessage, res: ServerResponse, allowed: ConsentScope): Promise<string>;
  /** The sessions of this browser, among which a person may choose: see `KnownSessions.list`. */
  knownSessions(req: IncomingMessage, res: ServerResponse): Promise<readonly KnownSession[]>;
  /**
   * Goes on as the account whose session this browser has. The one in use before is kept aside.
   * @returns undefined where there is no such session any more, and the person has to sign in
   */
  selectAccount(req: IncomingMessage, res: ServerResponse, accountId: string): Promise<string | undefined>;
  /** Goes on without the session in use; the person has to sign in, or to take up another one. */
  leaveSession(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Goes on where the person has done what was asked for elsewhere. */
  proceed(req: IncomingMessage, res: ServerResponse): Promise<string>;
  /** Answers the relying party with `access_denied`, or another error of OpenID Connect. */
  abort(req: IncomingMessage, res: ServerResponse, description: string, error?: AbortError): Promise<string>;
}

/** The library's interactions without its types. */
export function createInteractions(
  provider: () => Provider,
  settings: {
    readonly grantSeconds: number;
    readonly scopes: ReadonlySet<string>;
    readonly knownSessions: KnownSessions;
  },
): Interactions {
  const details = async (req: IncomingMessage, res: ServerResponse): Promise<Details> => {
    try {
      return await provider().interactionDetails(req, res);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      const gone = new DomainError(
        'interaction_not_found',
        'The interaction is over, or of another browser.',
      );
      gone.cause = error;
      throw gone;
    }
  };
  const provenSession = async ({ session, prompt, params }: Details): Promise<ProvenSession | undefined> => {
    const isForMore = prompt.reasons.every((reason) => reason === STEP_UP || reason === EMAIL_UNVERIFIED);
    if (prompt.name !== 'login' || !isForMore) return undefined;
    const found = session?.uid === undefined ? undefined : await provider().Session.findByUid(session.uid);
    const maxAge = params['max_age'];
    if (!found?.accountId || found.loginTs === undefined) return undefined;
    if (maxAge !== undefined && found.past(Number(maxAge))) return undefined;
    const { accountId, acr, amr = [], loginTs } = found;
    return { accountId, acr, amr, signedInAt: loginTs };
  };
  const finish = (req: IncomingMessage, res: ServerResponse, result: InteractionResults): Promise<string> =>
    provider().interactionResult(req, res, result, { mergeWithLastSubmission: true });

  return {
    async current(req, res, uid) {
      const interaction = await details(req, res);
      const client = await provider().Client.find(text(interaction.params['client_id']) ?? '');
      const page = toPageClient(client);
      if (interaction.uid !== uid || !client || !page) {
        throw new DomainError('interaction_not_found', 'The interaction is over, or of another browser.');
      }
      const { params, prompt } = interaction;
      return {
        uid,
        prompt: prompt.name,
        reasons: prompt.reasons,
        client: page,
        traits: clientTraits(client),
        accountId: interaction.session?.accountId,
        loginHint: text(params['login_hint']),
        uiLocales: text(params['ui_locales']),
        display: text(params['display']),
        redirectUri: text(params['redirect_uri']),
        requestedScopes: (text(params['scope']) ?? '')
          .split(' ')
          .filter((scope) => settings.scopes.has(scope)),
        missing: missingConsent(prompt.details),
        authorizationDetails: requestedDetails(params['authorization_details']),
        requestedAuthentication: requestedAuthentication(params),
        attempt: readAttempt(interaction.result?.['attempt']),
        provenSession: await provenSession(interaction),
        restartPath: restartUri(provider(), client, interaction),
      };
    },
    async keepAttempt(req, res, attempt) {
      const interaction = await details(req, res);
      // Without `login`, also one of an earlier interaction of the request: going on with this signs nobody in.
      interaction.result = attempt === undefined ? {} : { attempt: attemptInformation(attempt) };
      await interaction.persist();
    },
    async finishLogin(req, res, { accountId, amr, acr, signedInAt, upstream }) {
      const interaction = await details(req, res);
      const { session } = interaction;
      if (session && session.accountId !== accountId) {
        // Left to itself the library would sign the other account out. From here the browser has no session in use.
        await settings.knownSessions.setAside(req, res);
        delete interaction.session;
      }
      interaction.result = {
        ...interaction.lastSubmission,
        // Whoever signs in has chosen the account.
        select_account: {},
        // Whoever is asked to create an account may also have one.
        create: {},
        login: {
          accountId,
          amr: [...amr],
          ...(acr === undefined ? {} : { acr }),
          ...(signedInAt === undefined ? {} : { ts: signedInAt }),
        },
        upstream: typeof upstream === 'object' ? upstreamSessionInformation(upstream) : upstream,
      };
      await interaction.persist();
      return interaction.returnTo;
    },
    async finishConsent(req, res, allowed) {
      const { session, params, grantId } = await details(req, res);
      const grant = await saveGrant(provider(), {
        grantId,
        accountId: session?.accountId ?? '',
        clientId: text(params['client_id']) ?? '',
        allowed,
        seconds: settings.grantSeconds,
      });
      return finish(req, res, { consent: { grantId: grant } });
    },
    knownSessions: (req, res) => settings.knownSessions.list(req, res),
    async selectAccount(req, res, accountId) {
      const interaction = await details(req, res);
      const session = await settings.knownSessions.takeUp(req, res, accountId);
      if (!session) return undefined;
      interaction.session = {
        accountId,
        uid: session.uid,
        cookie: session.cookie,
        ...(session.acr === undefined ? {} : { acr: session.acr }),
        ...(session.amr === undefined ? {} : { amr: [...session.amr] }),
      };
      // Nothing of what was answered before: it was of another account.
      interaction.result = { select_account: {} };
      await interaction.persist();
      return interaction.returnTo;
    },
    async leaveSession(req, res) {
      const interaction = await details(req, res);
      await settings.knownSessions.setAside(req, res);
      delete interaction.session;
      await interaction.persist();
    },
    async proceed(req, res) {
      await details(req, res);
      return finish(req, res, {});
    },
    async abort(req, res, description, error = 'access_denied') {
      await details(req, res);
      return provider().interactionResult(
        req,
        res,
        { error, error_description: description },
        { mergeWithLastSubmission: false },
      );
    },
  };
}
