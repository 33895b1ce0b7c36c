import { findAssertionSubject } from '../domain/assertions/find-assertion-subject.js';
import type { AssertionParts } from '../provider/jwt-bearer.js';
import { ROUTES } from '../provider/routes.js';
import { createAssertionReader } from '../upstream/assertion-reader.js';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.js';
import type { Application } from './application.js';

/** Puts together what the JWT bearer grant needs. No key is fetched yet. */
export function openAssertions({ config, issuer, stores, clock }: Application): AssertionParts {
  return {
    readAssertion: createAssertionReader({
      trustedIssuers: config.trustedIssuers,
      audiences: [issuer, `${issuer}${ROUTES.token}`],
      clock,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      allowLoopback: config.mode !== 'production',
    }),
    findSubject: (assertion) => findAssertionSubject(stores, assertion),
  };
}
