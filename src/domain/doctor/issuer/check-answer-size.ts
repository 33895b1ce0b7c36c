import { fault, fine, warning, type Finding } from '../finding.js';
import { VisitError } from '../visit.js';
import { sendProbe, type IssuerCheckDeps } from './issuer-view.js';

const REMEDY = 'Give the headers of answers more room: proxy_buffer_size 16k; proxy_buffers 8 16k; in nginx.';

/** Whether the proxy has room for the headers of answers: cookies, and redirects with what an app asked for. */
export async function checkAnswerSize(deps: IssuerCheckDeps): Promise<readonly Finding[]> {
  const large = await arrives(deps, 'large_headers');
  if (large !== true) {
    return [
      fault(
        'proxy.buffers_too_small',
        `An answer with 3 KB of cookies does not get through the proxy${large}: sign-ins fail.`,
        REMEDY,
      ),
    ];
  }
  const largest = await arrives(deps, 'largest_headers');
  if (largest !== true) {
    return [
      warning(
        'proxy.buffers_small',
        `An answer with 7 KB of headers does not get through the proxy${largest}: sign-ins fail where an app sends a long state, or is answered by encrypted redirects.`,
        REMEDY,
      ),
    ];
  }
  return [fine('proxy.buffers_fit', 'The proxy has room for the largest answers.')];
}

/** @returns true, or how the proxy answered instead */
async function arrives(
  deps: IssuerCheckDeps,
  kind: 'large_headers' | 'largest_headers',
): Promise<true | string> {
  try {
    const { seen, visit } = await sendProbe(deps, kind);
    return seen ? true : `, which answers ${visit.status} instead`;
  } catch (error) {
    if (error instanceof VisitError) return ', which breaks the connection off';
    throw error;
  }
}
