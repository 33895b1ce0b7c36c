import { errors, type default as Provider } from 'oidc-provider';

/**
 * Tells a client that asks for a grant type that is not its own so, by the error that the specification has for it; the
 * library calls it an invalid request.
 * @see RFC 6749 §5.2
 */
export function answerUnauthorizedClient(provider: Provider): void {
  // Heard when the library has written its answer.
  provider.on('grant.error', (ctx, error) => {
    const { client, params } = ctx.oidc;
    const grantType = params?.['grant_type'];
    if (!(error instanceof errors.InvalidRequest) || !client || typeof grantType !== 'string') return;
    if (client.grantTypeAllowed(grantType)) return;
    const description = 'the client is not registered for this grant type';
    ctx.body = { error: 'unauthorized_client', error_description: description };
  });
}
