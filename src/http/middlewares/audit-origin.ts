import type { Context } from 'koa';
import type { AuditActor, AuditOrigin } from '../../domain/audit/audit-event.js';
import { requestIdOf } from './request-id.js';

/** Characters of a user agent that are kept; a browser's has some 120. */
const LONGEST_USER_AGENT = 300;

/**
 * Where the changes of a request come from, for the audit log.
 * @param actor whoever the request has proved to be; absent: nobody yet
 */
export function originOf(
  ctx: Pick<Context, 'ip' | 'get' | 'state'>,
  actor: AuditActor = { kind: 'anonymous' },
): AuditOrigin {
  return {
    actor,
    address: ctx.ip || undefined,
    userAgent: ctx.get('user-agent').slice(0, LONGEST_USER_AGENT) || undefined,
    requestId: requestIdOf(ctx) || undefined,
  };
}
