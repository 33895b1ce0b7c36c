import type { FieldFault } from '../errors.js';
import { normalizeLogin } from '../accounts/normalize-login.js';

/**
 * The fault of an address that is of none of the domains.
 * @param domains each exact, or `*.example.org` for all that is below one; none: any will do
 */
export function emailDomainFaults(domains: readonly string[], email: string): readonly FieldFault[] {
  const domain = normalizeLogin(email).split('@')[1] ?? '';
  const fits = (allowed: string): boolean => {
    const wanted = normalizeLogin(allowed);
    return wanted.startsWith('*.') ? domain.endsWith(wanted.slice(1)) : domain === wanted;
  };
  if (domains.length === 0 || domains.some(fits)) return [];
  return [
    {
      field: 'email',
      code: 'email_domain',
      detail: `The email address must be of ${domains.join(', ')}.`,
    },
  ];
}
