import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { IdentityProvider } from './identity-provider.js';
import { UpstreamError } from './upstream-error.js';
import type { UpstreamProtocol } from './upstream-protocol.js';
import {
  hashUpstreamToken,
  provenIdentityInformation,
  readSentRequest,
  UPSTREAM_SECONDS,
  type SentRequest,
  type UpstreamPurpose,
} from './upstream-request.js';
import type { UpstreamRequestStore } from './upstream-request-store.js';

export interface AnswerUpstreamDeps {
  readonly protocol: Pick<UpstreamProtocol, 'finish'>;
  readonly requests: Pick<UpstreamRequestStore, 'add' | 'find' | 'take'>;
  readonly unitOfWork: UnitOfWork<'audit'>;
  readonly randomToken: () => string;
  readonly clock: Clock;
}

/** How a browser came back from another provider. */
export interface UpstreamAnswer {
  /** The address, with its query. */
  readonly uri: string;
  readonly state: string;
  /** What the browser keeps for this request, if anything. */
  readonly browser: string | undefined;
}

/** What became of an answer. */
export interface AnsweredUpstream {
  readonly purpose: UpstreamPurpose;
  /** A secret of this browser that stands for the identity, or why there is none. */
  readonly outcome: { readonly ticket: string } | { readonly error: UpstreamError };
}

/**
 * Takes the answer of another provider. Each request is answered once: of several answers at the same time one counts.
 * @throws {UpstreamError} `request_invalid` for a state that is unknown, used, expired, of another browser or provider
 * @see RFC 9700 §4.4 (mix-up), §4.7 (cross-site request forgery)
 */
export async function answerUpstream(
  deps: AnswerUpstreamDeps,
  provider: IdentityProvider,
  answer: UpstreamAnswer,
): Promise<AnsweredUpstream> {
  const { purpose, checks } = await takeRequest(deps, provider, answer);
  try {
    const identity = await deps.protocol.finish(provider, { uri: answer.uri, state: answer.state, checks });
    const ticket = deps.randomToken();
    await deps.requests.add({
      tokenHash: hashUpstreamToken('identity', ticket),
      content: provenIdentityInformation({ identity, purpose }),
      expiresAt: new Date(deps.clock.now().getTime() + UPSTREAM_SECONDS * 1000),
    });
    return { purpose, outcome: { ticket } };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    await deps.unitOfWork.run(({ audit }) => {
      audit.record({
        type: 'sign_in.failed',
        clientId: purpose.kind === 'sign_in' ? purpose.clientId : undefined,
        details: { method: 'upstream', provider: provider.id, reason: error.fault },
      });
      return Promise.resolve();
    });
    return { purpose, outcome: { error } };
  }
}

async function takeRequest(
  { requests, clock }: AnswerUpstreamDeps,
  provider: IdentityProvider,
  { state, browser }: UpstreamAnswer,
): Promise<SentRequest> {
  const tokenHash = hashUpstreamToken('state', state);
  const now = clock.now();
  const content = await requests.find(tokenHash, now);
  const request = content && readSentRequest(content);
  // Looked at before it is used up: somebody else's browser must not end it.
  if (!request || browser === undefined || !isBrowserOf(request, browser)) throw requestInvalid();
  const taken = await requests.take(tokenHash, now);
  if (!taken || request.providerId !== provider.id) throw requestInvalid();
  return request;
}

function isBrowserOf(request: SentRequest, browser: string): boolean {
  const expected = Buffer.from(request.browser, 'base64url');
  const actual = hashUpstreamToken('browser', browser);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function requestInvalid(): UpstreamError {
  return new UpstreamError(
    'request_invalid',
    'The sign-in is unknown, used, expired, or of another browser.',
  );
}
