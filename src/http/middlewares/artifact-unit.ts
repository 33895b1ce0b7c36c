import type { Context, Middleware } from 'koa';
import type { ArtifactUnits } from '../../provider/artifact-units.js';
import type { RepeatedRefresh } from '../../provider/refresh-answers.js';
import { originOf } from './audit-origin.js';

/** What becomes of a refresh token that comes again shortly after its use. */
export type AnswerRepeatedRefresh = (ctx: Context, refreshToken: string) => Promise<RepeatedRefresh>;

/**
 * Writes down what a request has done, all of it or nothing, before its answer goes out. After an answer of 500 and above
 * nothing is written. When another request had used up the same code or token first, the answer becomes the error that
 * the specification has for it, or, for a refresh that is asked for again, the answer that the other got.
 * @see RFC 6749 §5.2
 */
export function artifactUnit(units: ArtifactUnits, answerRepeatedRefresh: AnswerRepeatedRefresh): Middleware {
  return (ctx, next) =>
    units.run(
      async (unit) => {
        await next();
        if (ctx.status === 503) ctx.set('Retry-After', '5');
        if (ctx.status >= 500 || unit.isSettled || (await unit.commit())) return;
        ctx.remove('Set-Cookie');
        ctx.remove('Location');
        const { lost } = unit;
        const repeated =
          lost?.model === 'RefreshToken'
            ? await answerRepeatedRefresh(ctx, lost.id)
            : { kind: 'refuse' as const };
        if (repeated.kind === 'answer') {
          ctx.status = 200;
          ctx.body = repeated.body;
        } else if (!isInvalidGrant(ctx)) {
          ctx.status = 400;
          ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
        }
      },
      originOf(ctx),
      ctx,
    );
}

/** The library may have refused it itself, with more to say to developers. */
function isInvalidGrant({ status, body }: Context): boolean {
  const answer: unknown = body;
  const isObject = typeof answer === 'object' && answer !== null;
  return status === 400 && isObject && 'error' in answer && answer.error === 'invalid_grant';
}
