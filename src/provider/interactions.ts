import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type default as Provider, type InteractionResults } from 'oidc-provider';
import { DomainError } from '../domain/errors.js';
import { clientTraits, type ClientTraits } from './client-metadata.js';
import type { ConsentScope } from './consent-scope.js';
import { saveGrant } from './grants.js';
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
  /** Where the same request begins again, relative to the issuer. */
  readonly restartPath: string;
}

/** How the person proved who they are. */
export interface Authentication {
  readonly accountId: string;
  /** @see RFC 8176 §2 */
  readonly amr: readonly string[];
  readonly acr?: string;
}

/**
 * The steps in which an end user takes part. Each takes the request whose cookie binds it to the interaction, and
 * answers the address at which the protocol goes on.
 */
export interface Interactions {
  /** @throws {DomainError} `interaction_not_found` when it is over, expired, or of another browser or address */
  current(req: IncomingMessage, res: ServerResponse, uid: string): Promise<CurrentInteraction>;
  finishLogin(req: IncomingMessage, res: ServerResponse, authentication: Authentication): Promise<string>;
  /** Writes down what the person allows. */
  finishConsent(req: IncomingMessage, res: ServerResponse, allowed: ConsentScope): Promise<string>;
  /** Answers the relying party with `access_denied`. */
  abort(req: IncomingMessage, res: ServerResponse, description: string): Promise<string>;
}

/** The library's interactions without its types. */
export function createInteractions(
  provider: () => Provider,
  settings: { readonly grantSeconds: number; readonly scopes: ReadonlySet<string> },
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
        restartPath: restartPath(provider(), interaction),
      };
    },
    async finishLogin(req, res, { accountId, amr, acr }) {
      await details(req, res);
      return finish(req, res, { login: { accountId, amr: [...amr], ...(acr === undefined ? {} : { acr }) } });
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
    async abort(req, res, description) {
      await details(req, res);
      return provider().interactionResult(
        req,
        res,
        { error: 'access_denied', error_description: description },
        { mergeWithLastSubmission: false },
      );
    },
  };
}

function missingConsent(details: Readonly<Record<string, unknown>>): ConsentScope {
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = details;
  return {
    scopes: texts(missingOIDCScope),
    claims: texts(missingOIDCClaims),
    resourceScopes: Object.fromEntries(
      Object.entries((missingResourceScopes ?? {}) as Record<string, unknown>).map(([resource, scopes]) => [
        resource,
        texts(scopes),
      ]),
    ),
  };
}

function restartPath(provider: Provider, { params, deviceCode }: Details): string {
  if (deviceCode) return provider.pathFor('code_verification');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') query.set(name, value);
    else if (typeof value === 'number' || typeof value === 'boolean') query.set(name, String(value));
    else for (const item of texts(value)) query.append(name, item);
  }
  return `${provider.pathFor('authorization')}?${query.toString()}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  if (value instanceof Set) return texts([...(value as Set<unknown>)]);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
