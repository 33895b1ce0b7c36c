import { fault, fine, type Finding } from '../finding.js';
import { PROBE_REDIRECT } from '../probe.js';
import { sendProbe, type IssuerCheckDeps } from './issuer-view.js';

/** Whether redirects go where they were sent: each sign-in ends with one, to an address of the app's. */
export async function checkRedirects(deps: IssuerCheckDeps): Promise<readonly Finding[]> {
  const { visit, seen } = await sendProbe(deps, 'redirect');
  // Whoever answers in the server's place is told of by the other checks.
  if (!seen && visit.status !== 303) return [];
  const location = visit.headers['location'] ?? '';
  if (location === PROBE_REDIRECT) {
    return [fine('proxy.redirects_kept', 'Redirects get through as they are.')];
  }
  return [
    fault(
      'proxy.redirects_changed',
      `A redirect to ${PROBE_REDIRECT} arrives as ${location === '' ? 'none' : location}: apps do not get their codes.`,
      'Let the proxy pass redirects on as they are: proxy_redirect off; in nginx.',
    ),
  ];
}
