import { fault, fine, type Finding } from '../finding.js';
import { readJsonObject } from '../read-json-object.js';
import { DISCOVERY_PATH, type IssuerCheckDeps } from './issuer-view.js';

/** Whether the discovery document is there and speaks of this issuer. @see OpenID Connect Discovery 1.0 §4.3 */
export async function checkDiscovery({ issuer, visit }: IssuerCheckDeps): Promise<readonly Finding[]> {
  const { status, body } = await visit(`${issuer}${DISCOVERY_PATH}`, { Accept: 'application/json' });
  const document = readJsonObject(body);
  if (status !== 200 || !document) {
    return [
      fault(
        'issuer.discovery_missing',
        `${issuer}${DISCOVERY_PATH} is answered with ${status}${status === 200 ? ', and is no JSON document' : ''}.`,
        'Pass this path on to the server, and let nothing in between cache or change the answer.',
      ),
    ];
  }
  if (document['issuer'] !== issuer) {
    return [
      fault(
        'issuer.differs',
        `The discovery document is of the issuer ${String(document['issuer'])}, not of ${issuer}: relying parties refuse it.`,
        'Start every instance with the same ISSUER, and look for a cache that has kept an older document.',
      ),
    ];
  }
  const elsewhere = Object.entries(document).filter(
    ([name, value]) =>
      /(_endpoint|_uri|_iframe)$/.test(name) && typeof value === 'string' && !value.startsWith(`${issuer}/`),
  );
  if (elsewhere.length > 0) {
    return [
      fault(
        'issuer.endpoints_elsewhere',
        `In the discovery document, ${elsewhere.map(([name]) => name).join(', ')} are not below ${issuer}.`,
        'Let the proxy pass answers on as they are: remove sub_filter and the like.',
      ),
    ];
  }
  return [fine('issuer.found', `${issuer} is reached, and its discovery document is right.`)];
}
