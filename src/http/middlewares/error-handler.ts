import type { Context, Middleware } from 'koa';
import { DomainError, type DomainErrorCode } from '../../domain/errors.js';
import { errorFields, type Logger } from '../../observability/logger.js';
import type { Pages } from '../pages.js';
import type { ErrorKind } from '../protocol-view-models.js';
import { requestIdOf } from './request-id.js';

interface Answer {
  readonly status: number;
  readonly kind: ErrorKind;
  /** For programs. @see RFC 6749 §5.2, §4.1.2.1 */
  readonly error: string;
  readonly retryAfterSeconds?: number;
  /** What programs are told besides; a sentence. */
  readonly detail?: string;
}

const UNAVAILABLE: Answer = {
  status: 503,
  kind: 'unavailable',
  error: 'temporarily_unavailable',
  retryAfterSeconds: 5,
};
const FAILURE: Answer = { status: 500, kind: 'server_error', error: 'server_error' };
const INVALID: Answer = { status: 400, kind: 'invalid_request', error: 'invalid_request' };

const NOTHING_HERE: Answer = {
  status: 404,
  kind: 'not_found',
  error: 'not_found',
  detail: 'There is nothing at this path; /.well-known/openid-configuration lists every endpoint.',
};

/** What each refusal of the domain becomes over HTTP; the ones that are not listed are answered where they happen. */
const ANSWERS: Partial<Record<DomainErrorCode, Answer>> = {
  overloaded: UNAVAILABLE,
  storage_unavailable: UNAVAILABLE,
  too_many_attempts: {
    status: 429,
    kind: 'too_many_requests',
    error: 'temporarily_unavailable',
    retryAfterSeconds: 60,
  },
  form_rejected: { status: 403, kind: 'form_rejected', error: 'invalid_request' },
  invalid_input: INVALID,
  not_found: { status: 404, kind: 'not_found', error: 'invalid_request' },
  interaction_not_found: INVALID,
};

/**
 * Turns whatever was thrown into an answer with a reference: a page for people, JSON for programs, never a stack.
 * @param methods of the paths that are always there, which nobody answers with another method
 */
export function errorHandler(
  pages: Pages,
  logger: Logger,
  methods: Readonly<Record<string, readonly string[]>> = {},
): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
        answer(ctx, pages, unanswered(ctx, methods));
      }
    } catch (error) {
      const reply = answerTo(error);
      if (reply.status >= 500) {
        logger.error('request failed', { requestId: requestIdOf(ctx), ...errorFields(error) });
      }
      // Cookies and a redirect of a step that was not written down would lead nowhere.
      ctx.remove('Set-Cookie');
      ctx.remove('Location');
      answer(ctx, pages, reply);
    }
  };
}

/** @see RFC 9110 §15.5.6 */
function unanswered(ctx: Context, methods: Readonly<Record<string, readonly string[]>>): Answer {
  const allowed = Object.hasOwn(methods, ctx.path) ? methods[ctx.path] : undefined;
  if (allowed === undefined || allowed.includes(ctx.method)) return NOTHING_HERE;
  ctx.set('Allow', allowed.join(', '));
  return {
    ...NOTHING_HERE,
    status: 405,
    error: 'invalid_request',
    detail: `This endpoint takes ${allowed.join(' and ')} only.`,
  };
}

function answerTo(error: unknown): Answer {
  if (error instanceof DomainError) return ANSWERS[error.code] ?? FAILURE;
  // The protocol library's own errors say what stands behind them.
  if (error instanceof Error && error.cause instanceof DomainError) return answerTo(error.cause);
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) return { ...INVALID, status };
  return FAILURE;
}

function answer(
  ctx: Context,
  pages: Pages,
  { status, kind, error, retryAfterSeconds, detail }: Answer,
): void {
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
  if (ctx.accepts('json', 'html') === 'html') {
    pages.show(ctx, 'error', { kind, reference: requestIdOf(ctx) }, { status });
    return;
  }
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = {
    error,
    error_description: [detail, `Reference: ${requestIdOf(ctx)}`].filter(Boolean).join(' '),
  };
}
