import { fine, warning, type Finding } from '../finding.js';
import type { SeenRequest } from '../probe.js';
import { isBehindProxy } from './issuer-view.js';

/** Whether the proxy tells by which scheme it was asked. */
export function checkScheme(issuer: string, seen: SeenRequest): readonly Finding[] {
  if (!isBehindProxy(issuer, seen)) return [];
  const scheme = new URL(issuer).protocol.slice(0, -1);
  const told = schemeTold(seen.forwarded);
  if (told === scheme) return [fine('proxy.scheme_kept', `The proxy tells that it was asked by ${scheme}.`)];
  return [
    warning(
      'proxy.scheme_lost',
      told === undefined
        ? `The proxy does not tell that it was asked by ${scheme}. Latchkey goes by ISSUER and works; what else reads the header does not.`
        : `The proxy tells that it was asked by ${told}, while the issuer is ${scheme}: TLS ends before it. Latchkey goes by ISSUER and works; what else reads the header does not.`,
      told === undefined
        ? 'Send the scheme along: proxy_set_header X-Forwarded-Proto $scheme; in nginx.'
        : 'Let the proxy at which TLS ends send X-Forwarded-Proto, and those behind it pass it on: proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto; in nginx.',
    ),
  ];
}

/** @see RFC 7239 §5.4 */
function schemeTold(forwarded: SeenRequest['forwarded']): string | undefined {
  const first = forwarded['x-forwarded-proto']?.split(',')[0]?.trim().toLowerCase();
  if (first !== undefined && first !== '') return first;
  return /(?:^|[;,\s])proto="?(https?)"?/i.exec(forwarded['forwarded'] ?? '')?.[1]?.toLowerCase();
}
