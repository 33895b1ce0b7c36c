import type { Finding } from '../finding.js';
import { hasFault } from '../finding.js';
import { VisitError } from '../visit.js';
import { checkAnswerSize } from './check-answer-size.js';
import { checkCertificate } from './check-certificate.js';
import { checkClientAddress } from './check-client-address.js';
import { checkCookies } from './check-cookies.js';
import { checkDiscovery } from './check-discovery.js';
import { checkHost } from './check-host.js';
import { checkPath } from './check-path.js';
import { checkPlainHttp } from './check-plain-http.js';
import { checkRedirects } from './check-redirects.js';
import { checkScheme } from './check-scheme.js';
import { describeUnreachable } from './describe-unreachable.js';
import { describeOtherAnswer } from './describe-other-answer.js';
import { sendProbe, type IssuerCheckDeps, type ProbeOutcome } from './issuer-view.js';

/**
 * Looks at the issuer as the world sees it: whether it is reached, and what of a request and of an answer is changed on
 * the way. What a later check would only repeat of an earlier one is not told twice.
 */
export async function checkIssuer(deps: IssuerCheckDeps): Promise<readonly Finding[]> {
  let outcome: ProbeOutcome;
  try {
    outcome = await sendProbe(deps, 'look');
  } catch (error) {
    if (error instanceof VisitError) return [describeUnreachable(deps.issuer, error.fault)];
    throw error;
  }
  const { visit, seen } = outcome;
  if (!seen) return [await describeOtherAnswer(deps, visit)];

  const arrival = [...checkPath(seen), ...checkHost(deps.issuer, seen)];
  const onTheWay = await Promise.all([
    checkClientAddress(deps, seen),
    checkCookies(deps),
    checkAnswerSize(deps),
    checkRedirects(deps),
    checkPlainHttp(deps),
  ]);
  // A request that arrives at another path or host gets no discovery document, which needs no finding of its own.
  const discovery = hasFault(arrival) ? [] : await checkDiscovery(deps);
  return [
    ...discovery,
    ...arrival,
    ...checkScheme(deps.issuer, seen),
    ...onTheWay.flat(),
    ...checkCertificate(visit),
  ];
}
