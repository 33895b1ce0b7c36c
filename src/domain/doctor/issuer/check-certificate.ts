import { fine, warning, type Finding } from '../finding.js';
import type { Visit } from '../visit.js';

const DAY_MS = 86_400_000;
/** Days; those who renew by themselves do so a month before the end. */
const SOON_DAYS = 14;

/** Whether the certificate is valid for a while yet. */
export function checkCertificate({ certificateValidTo, at }: Visit): readonly Finding[] {
  if (certificateValidTo === undefined) return [];
  const days = Math.floor((certificateValidTo.getTime() - at.getTime()) / DAY_MS);
  const until = certificateValidTo.toISOString().slice(0, 10);
  if (days >= SOON_DAYS)
    return [fine('issuer.certificate_valid', `The certificate is valid until ${until}.`)];
  return [
    warning(
      'issuer.certificate_expires',
      `The certificate expires in ${days} days, on ${until}.`,
      'Renew it, and see why that does not happen by itself.',
    ),
  ];
}
