import { fault, fine, type Finding } from '../finding.js';
import type { SeenRequest } from '../probe.js';

/** Whether the server learns for which host, and which port, a request was. */
export function checkHost(issuer: string, { host, forwarded, peerTrusted }: SeenRequest): readonly Finding[] {
  const { host: wanted, hostname, port, protocol } = new URL(issuer);
  // As `issuerHost` decides it: a forwarded one counts before the other, when it comes from a trusted proxy.
  const told = (peerTrusted ? forwarded['x-forwarded-host']?.split(',')[0]?.trim() : undefined) || host;
  const asked = told.toLowerCase();
  const byDefault = `${wanted}${protocol === 'https:' ? ':443' : ':80'}`;
  if (asked === wanted || (port === '' && asked === byDefault)) {
    return [fine('proxy.host_kept', `Requests arrive for the host ${wanted}.`)];
  }
  if (port !== '' && asked.replace(/:\d+$/, '') === hostname) {
    return [
      fault(
        'proxy.port_lost',
        `Requests for ${wanted} arrive for ${told}: the proxy loses the port, and every one is refused with 421.`,
        'Pass the host on with its port: proxy_set_header Host $http_host; in nginx ($host has no port).',
      ),
    ];
  }
  return [
    fault(
      'proxy.host_lost',
      `Requests for ${wanted} arrive for ${told === '' ? 'no host' : told}: the proxy replaces the host, and every one is refused with 421.`,
      'Pass the host on as it was asked for: proxy_set_header Host $http_host; in nginx.',
    ),
  ];
}
