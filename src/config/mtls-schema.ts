import { z } from 'zod';
import type { CertificateEncoding } from '../domain/clients/client-certificate.js';
import { CERTIFICATE_ENCODINGS } from '../domain/clients/client-certificate.js';
import { ALWAYS, fieldOf, rule } from './file-rules.js';

/** Headers that mean something else to this server. */
const TAKEN =
  /^(?:authorization|cookie|host|connection|content-.*|dpop|forwarded|origin|x-forwarded-(?:for|host|proto)|x-real-ip)$/i;

const headerName = z
  .string()
  .check(
    rule(
      (value) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(value) && !TAKEN.test(value),
      'is not the name of a header for certificates',
      'Name the header that your proxy sets, for instance X-SSL-Client-Cert.',
    ),
  );

/** How client certificates come here. @see RFC 8705, RFC 9440 */
export const mtlsSchema = z
  .strictObject({
    certificate_header: headerName.default('Client-Cert'),
    certificate_encoding: z.enum(CERTIFICATE_ENCODINGS).default('rfc9440' satisfies CertificateEncoding),
    verification: z.enum(['none', 'always', 'header']).default('none'),
    verification_header: headerName.optional(),
    verification_value: z.string().min(1).default('SUCCESS'),
    endpoint: z
      .string()
      .check(
        rule(
          (value) => /^https?:\/\/[^/?#@]+$/.test(value) && new URL(value).origin === value,
          'is not an origin',
          'Write scheme and host only, for instance https://mtls.id.example.com.',
        ),
      )
      .optional(),
  })
  .check(
    z.superRefine<unknown>((section, context) => {
      const needs = fieldOf(section, 'verification') === 'header';
      const given = fieldOf(section, 'verification_header') !== undefined;
      if (needs === given) return;
      context.addIssue({
        code: 'custom',
        path: ['verification_header'],
        message: needs ? 'is missing' : 'is set, but verification is not header',
        params: {
          remedy: needs
            ? 'Name the header in which your proxy says whether it verified the certificate.'
            : 'Set verification to header, or remove this.',
        },
      });
    }, ALWAYS),
  );
