import type { ClientCertificateSettings } from '../domain/clients/client-certificate.js';
import type { Mode } from './config.js';
import type { ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import type { FileContent } from './file-schema.js';

/** The section `mtls` as the rest of the program takes it. */
export function toClientCertificateSettings(section: FileContent['mtls']): ClientCertificateSettings {
  return {
    header: section.certificate_header.toLowerCase(),
    encoding: section.certificate_encoding,
    verification: verificationOf(section),
    endpoint: section.endpoint,
  };
}

function verificationOf(section: FileContent['mtls']): ClientCertificateSettings['verification'] {
  switch (section.verification) {
    case 'none':
      return { by: 'nobody' };
    case 'always':
      return { by: 'proxy' };
    case 'header':
      return {
        by: 'header',
        header: (section.verification_header ?? '').toLowerCase(),
        value: section.verification_value,
      };
  }
}

/**
 * What of the environment contradicts certificates of clients.
 * @param environment as it is written, so that other faults in it lead to none here
 */
export function mtlsFaults(
  mode: Mode,
  { features, mtls }: Pick<FileContent, 'features' | 'mtls'>,
  environment: ConfigSources['env'],
): readonly ConfigFault[] {
  if (!features.mtls) return [];
  const faults: ConfigFault[] = [];
  if ((environment['TRUSTED_PROXIES'] ?? '').trim() === '') {
    faults.push({
      setting: 'features.mtls',
      problem: 'is on, but certificates come from trusted proxies only, and TRUSTED_PROXIES is not set',
      remedy: 'Name the proxy that ends TLS in TRUSTED_PROXIES, or turn features.mtls off.',
    });
  }
  if (mtls.endpoint === undefined) return faults;
  if (mode === 'production' && !mtls.endpoint.startsWith('https:')) {
    faults.push({
      setting: 'mtls.endpoint',
      problem: 'is not https, which production requires',
      remedy: 'Write it like https://mtls.id.example.com.',
    });
  }
  if (mtls.endpoint === environment['ISSUER']?.trim()) {
    faults.push({
      setting: 'mtls.endpoint',
      problem: 'is the issuer itself',
      remedy: 'Remove it, or name the other host at which the proxy asks for certificates.',
    });
  }
  return faults;
}
