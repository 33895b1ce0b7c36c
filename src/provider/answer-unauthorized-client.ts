import { errors, type default as Provider } from 'oidc-provider';
import { GRANT_TYPE_NOT_ALLOWED } from './refusals/explain-grant-type.js';

/**
 * Tells a client that asks for a grant type that is not its own so, by the error that the specification has for it; the
 * library calls it an invalid request.
 * @see RFC 6749 §5.2
 */
export function answerUnauthorizedClient(provider: Provider): void {
  // Heard when the library has written its answer.
  provider.on('grant.error', (ctx, error) => {
    if (!(error instanceof errors.InvalidRequest) || error.error_description !== GRANT_TYPE_NOT_ALLOWED)
      return;
    const description = 'the client is not registered for this grant type';
    ctx.body = { error: 'unauthorized_client', error_description: description };
  });
}
