import { errors, type default as Provider, type KoaContextWithOIDC } from 'oidc-provider';
import { changeRefusals } from '../change-refusals.js';
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
  const { note } = changeRefusals(provider, async (ctx, error) => {
    if (!(error instanceof errors.OIDCProviderError)) return;
    const explanation = await explain(ctx, error);
    if (explanation) addToAnswer(ctx, error, explanationForDescription(explanation));
  });
  provider.on('authorization.error', note);
  provider.on('grant.error', note);
  provider.on('pushed_authorization_request.error', note);
  provider.on('device_authorization.error', note);
  provider.on('userinfo.error', note);
  provider.on('introspection.error', note);
  provider.on('revocation.error', note);
}

function addToAnswer(
  ctx: KoaContextWithOIDC,
  { error, error_description: description }: InstanceType<typeof errors.OIDCProviderError>,
  explanation: string,
): void {
  const { body } = ctx;
  if (isObject(body)) {
    // Some answers have another error than the library's own, and another description with it.
    const { error: answered, error_description: own } = body;
    if (answered !== undefined) ctx.body = { ...body, error_description: withExplanation(own, explanation) };
    return;
  }
  const text = withExplanation(description, explanation);
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

function withExplanation(description: unknown, explanation: string): string {
  return [description, explanation].filter(Boolean).join('. ');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && !('pipe' in value);
}
