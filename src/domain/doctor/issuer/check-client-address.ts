import { fault, fine, type Finding } from '../finding.js';
import type { SeenRequest } from '../probe.js';
import { isBehindProxy, sendProbe, type IssuerCheckDeps } from './issuer-view.js';

/** An address that nobody has. @see RFC 5737 */
const MADE_UP = '192.0.2.66';

/** Whether the server learns from which address a client comes, and cannot be told another one by the client itself. */
export async function checkClientAddress(
  deps: IssuerCheckDeps,
  seen: SeenRequest,
): Promise<readonly Finding[]> {
  if (!isBehindProxy(deps.issuer, seen)) {
    return [fine('proxy.absent', `No proxy stands before the server; this machine is ${seen.client} to it.`)];
  }
  const { peer, peerTrusted, client, forwarded } = seen;
  const everybody = `everybody counts as ${client}: one who guesses passwords locks all others out`;
  if (Object.keys(forwarded).length > 0 && !peerTrusted) {
    return [
      fault(
        'proxy.untrusted',
        `The proxy at ${peer} is not in TRUSTED_PROXIES, so what it forwards is dropped, and ${everybody}.`,
        `Set TRUSTED_PROXIES=${isLoopback(peer) ? 'loopback' : peer} (several are parted by commas; networks are written like 10.0.0.0/8), and restart.`,
      ),
    ];
  }
  const { seen: forged } = await sendProbe(deps, 'look', { headers: { 'X-Forwarded-For': MADE_UP } });
  if (peerTrusted && forged?.forwarded['x-forwarded-for']?.split(',').at(-1)?.trim() === MADE_UP) {
    return [
      fault(
        'proxy.client_address_forgeable',
        'The proxy passes X-Forwarded-For on as the client wrote it, so that anybody can take any address and guess passwords without end.',
        'Let the proxy add the address that it sees: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; in nginx.',
      ),
    ];
  }
  if (forwarded['x-forwarded-for'] === undefined) {
    return [
      fault(
        'proxy.client_address_lost',
        `The proxy at ${peer} does not send X-Forwarded-For, so ${everybody}.`,
        `Send the address along: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; in nginx${peerTrusted ? '' : `, and set TRUSTED_PROXIES=${isLoopback(peer) ? 'loopback' : peer}`}.`,
      ),
    ];
  }
  return [
    fine('proxy.client_address_kept', `The proxy tells from where clients come; this machine is ${client}.`),
  ];
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
