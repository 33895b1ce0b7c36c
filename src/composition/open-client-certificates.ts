import type { Config } from '../config/config.js';
import { certificateHeaders } from '../domain/clients/client-certificate.js';
import { API_PREFIX } from '../http/api/framework/dispatch.js';
import type { CertificateHost } from '../http/middlewares/issuer-host.js';
import { mtlsEndpointPaths } from '../provider/mtls-endpoint-aliases.js';
import { ROUTES } from '../provider/routes.js';

/** What the middlewares need to know of certificates of clients. */
export function openClientCertificates({ features, mtls }: Config): {
  readonly certificateHeaders: readonly string[];
  readonly certificateHost: CertificateHost | undefined;
} {
  const headers = features.mtls ? certificateHeaders(mtls) : [];
  if (!features.mtls || mtls.endpoint === undefined) {
    return { certificateHeaders: headers, certificateHost: undefined };
  }
  return {
    certificateHeaders: headers,
    certificateHost: {
      endpoint: mtls.endpoint,
      paths: new Set(Object.values(mtlsEndpointPaths({ features }))),
      areas: [`${API_PREFIX}/`],
      pathsOfIssuer: new Set([ROUTES.device_authorization]),
      headers,
    },
  };
}
