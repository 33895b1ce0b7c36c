import { fault, type Finding } from '../finding.js';
import type { VisitFault } from '../visit.js';

/** Says why the issuer cannot be reached at all, as seen from this machine. */
export function describeUnreachable(issuer: string, why: VisitFault): Finding {
  const { hostname, port, protocol } = new URL(issuer);
  const where = `port ${port || (protocol === 'https:' ? '443' : '80')} of ${hostname}`;
  switch (why) {
    case 'name_unknown':
      return fault(
        'issuer.name_unknown',
        `The name ${hostname} is not known to this machine.`,
        'Add it to the name service, or correct ISSUER.',
      );
    case 'refused':
      return fault(
        'issuer.refused',
        `Nothing listens at ${where}.`,
        'Start the server and the proxy before it, or correct ISSUER.',
      );
    case 'timed_out':
      return fault(
        'issuer.silent',
        `Nothing is answered at ${where} in time.`,
        'See whether a firewall stands between this machine and the proxy, and whether proxy and server answer.',
      );
    case 'certificate_untrusted':
      return fault(
        'issuer.certificate_untrusted',
        `The certificate at ${where} is not trusted by this machine: relying parties refuse it too, unless they were told its authority.`,
        'Let the proxy send the whole chain (fullchain.pem). Where the authority is your own, name it in NODE_EXTRA_CA_CERTS, here and for every relying party.',
      );
    case 'certificate_expired':
      return fault(
        'issuer.certificate_expired',
        `The certificate at ${where} has expired.`,
        'Renew it, and let the proxy load it again.',
      );
    case 'certificate_name':
      return fault(
        'issuer.certificate_name',
        `The certificate at ${where} is for another name.`,
        `Let the proxy use a certificate for ${hostname} in the server block of that name.`,
      );
    case 'not_tls':
      return fault(
        'proxy.tls_missing',
        `The issuer is https, but plain http is spoken at ${where}.`,
        `Let the proxy speak TLS there: listen ${port || '443'} ssl; with ssl_certificate and ssl_certificate_key in nginx.`,
      );
    case 'broken_off':
      return fault(
        'issuer.broken_off',
        `The connection to ${where} is closed without an answer.`,
        'See the error log of the proxy.',
      );
  }
}
