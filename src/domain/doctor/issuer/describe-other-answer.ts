import { fault, type Finding } from '../finding.js';
import { VisitError, type Visit } from '../visit.js';
import { DISCOVERY_PATH, sendProbe, type IssuerCheckDeps } from './issuer-view.js';

/** Paths below which servers like this one are often put. */
const USUAL_PREFIXES = [
  '/auth',
  '/oidc',
  '/oauth2',
  '/sso',
  '/idp',
  '/id',
  '/identity',
  '/login',
  '/latchkey',
];

/** Says what answers at the issuer, where it is not this deployment. */
export async function describeOtherAnswer(deps: IssuerCheckDeps, visit: Visit): Promise<Finding> {
  const { issuer } = deps;
  const { status, headers } = visit;
  const location = headers['location'];
  if (status >= 300 && status < 400 && location !== undefined) return describeRedirect(issuer, location);
  if (status === 502 || status === 503 || status === 504) {
    return fault(
      'proxy.bad_gateway',
      `The proxy answers ${status}: it does not reach the server, or the server does not answer.`,
      'See that the server runs, and that the proxy asks it by plain http at its port: proxy_pass http://127.0.0.1:3000; in nginx. Its error log tells more.',
    );
  }
  const prefix = await findPrefix(deps);
  if (prefix !== undefined) {
    return fault(
      'proxy.path_prefix',
      `The server is found below ${prefix}, while the issuer ${issuer} has no path.`,
      `Give the issuer a host of its own, and pass all of it on as it is: location / { proxy_pass http://127.0.0.1:3000; } instead of location ${prefix}/.`,
    );
  }
  if (isLatchkey(visit)) {
    return fault(
      'issuer.another_deployment',
      `A Latchkey answers at ${issuer} that does not know this SECRET_KEY, or the proxy drops the header Latchkey-Probe.`,
      'Give this command and every instance the same SECRET_KEY, and look whether the name leads to another installation or to an older version.',
    );
  }
  const server = headers['server'];
  return fault(
    'issuer.answered_by_another',
    `Something else${server === undefined ? '' : ` (${server})`} answers at ${issuer}${DISCOVERY_PATH}, with ${status}.`,
    'Let the proxy pass everything of this host on to the server, without a path prefix: location / { proxy_pass http://127.0.0.1:3000; } in nginx.',
  );
}

function describeRedirect(issuer: string, location: string): Finding {
  const isItself = location === `${issuer}${DISCOVERY_PATH}`;
  return fault(
    isItself ? 'proxy.redirect_loop' : 'proxy.redirected',
    isItself
      ? 'The proxy redirects https to https, for ever: it believes to be asked by http, since TLS ends before it.'
      : `The proxy redirects ${issuer}${DISCOVERY_PATH} to ${location}. Relying parties follow no redirects there.`,
    isItself
      ? 'Redirect only what came by http: by a server block for port 80, or by what X-Forwarded-Proto says.'
      : 'Set ISSUER to the address that people end at, or let the proxy answer this one itself.',
  );
}

/** Where below the issuer's host the server is, if it is at a usual place. */
async function findPrefix(deps: IssuerCheckDeps): Promise<string | undefined> {
  const found = await Promise.all(
    USUAL_PREFIXES.map(async (prefix) => {
      try {
        const { seen } = await sendProbe(deps, 'look', { path: `${prefix}${DISCOVERY_PATH}` });
        return seen ? prefix : undefined;
      } catch (error) {
        if (error instanceof VisitError) return undefined;
        throw error;
      }
    }),
  );
  return found.find((prefix) => prefix !== undefined);
}

/** Every answer of this product has such a reference; nginx and others have longer ones, or none. */
function isLatchkey({ headers }: Visit): boolean {
  return /^[\w-]{12}$/.test(headers['x-request-id'] ?? '');
}
