import { fault, fine, type Finding } from '../finding.js';
import { VisitError, type Visit } from '../visit.js';
import { DISCOVERY_PATH, type IssuerCheckDeps } from './issuer-view.js';

/** Whether plain http leads to https: what is served by http loses its cookies, and can be read on the way. */
export async function checkPlainHttp({ issuer, visit }: IssuerCheckDeps): Promise<readonly Finding[]> {
  const url = new URL(issuer);
  // At another port, nobody finds the server by plain http.
  if (url.protocol !== 'https:' || url.port !== '') return [];
  let answer: Visit;
  try {
    answer = await visit(`http://${url.host}${DISCOVERY_PATH}`);
  } catch (error) {
    if (error instanceof VisitError) {
      return [fine('proxy.plain_http_closed', 'Nothing is answered by plain http.')];
    }
    throw error;
  }
  const location = answer.headers['location'] ?? '';
  if (answer.status >= 300 && (answer.status >= 400 || location.startsWith('https:'))) {
    return [fine('proxy.plain_http_closed', 'Plain http leads to https, or nowhere.')];
  }
  return [
    fault(
      'proxy.plain_http_served',
      `http://${url.host} is answered with ${answer.status} and does not lead to https: forms that are sent there lose their cookies, and passwords can be read on the way.`,
      'Redirect it: server { listen 80; server_name ' +
        url.hostname +
        '; return 301 https://$host$request_uri; }',
    ),
  ];
}
