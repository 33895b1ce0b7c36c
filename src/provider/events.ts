import { errors, type default as Provider, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../domain/clock.js';
import { errorFields, type LogFields, type Logger } from '../observability/logger.js';
import { explainRefusal } from './refusals/explain-refusal.js';
import { explanationForLog } from './refusals/explanation.js';

export interface ProtocolEventsDeps {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Whether what the library refuses so is answered after all. */
  readonly isAnswered: (ctx: KoaContextWithOIDC, error: Error) => boolean;
}

/** Writes what the protocol refused, and what went wrong in it, to the log, under the reference that the page shows. */
export function logProtocolEvents(
  provider: Provider,
  { logger, clock, isAnswered }: ProtocolEventsDeps,
): void {
  const refused = (event: string) => (ctx: KoaContextWithOIDC, error: Error) => {
    if (isAnswered(ctx, error)) return;
    logger.info(event, { ...requestFields(ctx), ...refusalFields(ctx, error, clock.now()) });
  };
  provider.on('authorization.error', refused('authorization refused'));
  provider.on('grant.error', refused('token request refused'));
  provider.on('userinfo.error', refused('userinfo refused'));
  provider.on('introspection.error', refused('introspection refused'));
  provider.on('revocation.error', refused('revocation refused'));
  provider.on('end_session.error', refused('logout refused'));
  provider.on('end_session_confirm.error', refused('logout refused'));
  provider.on('server_error', (ctx, error) => {
    logger.error('protocol failure', { ...requestFields(ctx), ...errorFields(error) });
  });
  provider.on('backchannel.error', (ctx, error, client) => {
    logger.warn('back-channel logout failed', {
      ...requestFields(ctx),
      ...errorFields(error),
      clientId: client.clientId,
    });
  });
}

function requestFields(ctx: KoaContextWithOIDC): LogFields {
  const { requestId } = ctx.state;
  return {
    ...(typeof requestId === 'string' ? { requestId } : {}),
    route: ctx.oidc.route,
    ...(ctx.oidc.client ? { clientId: ctx.oidc.client.clientId } : {}),
  };
}

function refusalFields(ctx: KoaContextWithOIDC, error: Error, now: Date): LogFields {
  if (!(error instanceof errors.OIDCProviderError)) return errorFields(error);
  const reason = error.error_detail ?? error.error_description;
  const explanation = explainRefusal(ctx, error, now);
  const detail = explanation ? `${reason ?? error.error} (${explanationForLog(explanation)})` : reason;
  return { errorCode: error.error, ...(detail === undefined ? {} : { errorDetail: detail }) };
}
