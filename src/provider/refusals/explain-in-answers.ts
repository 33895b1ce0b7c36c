import { errors, type default as Provider, type KoaContextWithOIDC } from 'oidc-provider';
import type { Explanation } from './explanation.js';
import { explanationForDescription } from './explanation.js';
import { parseUrl } from '../../domain/url.js';

/**
 * Puts the explanation into the `error_description` of what programs are answered. For development only: it tells what is
 * registered to whoever asks.
 * @see RFC 6749 §4.1.2.1 and §5.2
 */
export function explainInAnswers(
  provider: Provider,
  explain: (ctx: KoaContextWithOIDC, error: Error) => Promise<Explanation | undefined>,
): void {
  const refused = new WeakMap<object, { readonly ctx: KoaContextWithOIDC; readonly error: Error }>();
  const remember = (ctx: KoaContextWithOIDC, error: Error): void => {
    refused.set(ctx, { ctx, error });
  };
  provider.on('authorization.error', remember);
  provider.on('grant.error', remember);
  provider.on('pushed_authorization_request.error', remember);
  provider.on('device_authorization.error', remember);
  provider.on('introspection.error', remember);
  provider.on('revocation.error', remember);
  // The library's own, behind whatever was put before it.
  const last = provider.middleware.length - 1;
  const answer = provider.middleware[last];
  if (!answer) throw new TypeError('The protocol has no middleware.');
  provider.middleware[last] = async (ctx, next) => {
    await answer(ctx, next);
    const refusal = refused.get(ctx);
    if (!refusal || !(refusal.error instanceof errors.OIDCProviderError)) return;
    const explanation = await explain(refusal.ctx, refusal.error);
    if (explanation) addToAnswer(refusal.ctx, refusal.error, explanationForDescription(explanation));
  };
}

function addToAnswer(
  ctx: KoaContextWithOIDC,
  { error, error_description: description }: InstanceType<typeof errors.OIDCProviderError>,
  explanation: string,
): void {
  const text = [description, explanation].filter(Boolean).join('. ');
  const { body } = ctx;
  if (isObject(body)) {
    if (body['error'] === error) ctx.body = { ...body, error_description: text };
    return;
  }
  const location = ctx.response.get('location');
  const url = parseUrl(location);
  if (url === undefined) return;
  // Answers to other response types than `code` come in the fragment.
  const inFragment = new URLSearchParams(url.hash.slice(1));
  if (url.searchParams.get('error') === error) {
    url.searchParams.set('error_description', text);
  } else if (inFragment.get('error') === error) {
    inFragment.set('error_description', text);
    url.hash = inFragment.toString();
  } else {
    return;
  }
  ctx.set('location', url.href);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && !('pipe' in value);
}
