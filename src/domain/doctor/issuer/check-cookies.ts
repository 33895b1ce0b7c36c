import { fault, fine, type Finding } from '../finding.js';
import { probeCookies } from '../probe.js';
import { sendProbe, type IssuerCheckDeps } from './issuer-view.js';

/** Whether cookies get through as they are, both ways: several in one answer, with their paths and attributes. */
export async function checkCookies(deps: IssuerCheckDeps): Promise<readonly Finding[]> {
  const expected = probeCookies('cookies', { secure: deps.issuer.startsWith('https:') });
  const { visit, seen } = await sendProbe(deps, 'cookies');
  // A proxy that cannot pass on so little cannot pass on more, which is told of the size of answers.
  if (!seen) return [];
  const missing = expected.filter((cookie) => !visit.setCookies.includes(cookie));
  const names = new Set(visit.setCookies.map(nameOf));
  const lost = missing.filter((cookie) => !names.has(nameOf(cookie)));
  if (lost.length > 0) {
    return [
      fault(
        'proxy.cookies_lost',
        `Of ${expected.length} cookies that an answer sets, ${lost.length} do not arrive: nobody can sign in.`,
        'Let the proxy pass on every Set-Cookie: remove proxy_hide_header, proxy_ignore_headers and caching for this host in nginx.',
      ),
    ];
  }
  const [changed] = missing;
  if (changed !== undefined) {
    const arrived = visit.setCookies.find((cookie) => nameOf(cookie) === nameOf(changed)) ?? '';
    return [
      fault(
        'proxy.cookies_changed',
        `The proxy changes cookies: “${attributesOf(changed)}” arrives as “${attributesOf(arrived)}”. Browsers then drop them, or do not send them back.`,
        'Let the proxy pass cookies on as they are: remove proxy_cookie_path, proxy_cookie_domain and proxy_cookie_flags in nginx.',
      ),
    ];
  }
  const cookie = expected.map((line) => line.split(';')[0]).join('; ');
  const back = await sendProbe(deps, 'look', { headers: { Cookie: cookie } });
  if (back.seen?.cookie !== cookie) {
    return [
      fault(
        'proxy.cookies_not_sent_on',
        'Cookies that a browser sends do not reach the server as they are: nobody can sign in.',
        'Let the proxy pass the header Cookie on: remove proxy_set_header Cookie and caching for this host in nginx.',
      ),
    ];
  }
  return [fine('proxy.cookies_kept', 'Cookies get through both ways, with their paths and attributes.')];
}

function nameOf(cookie: string): string {
  return cookie.split('=')[0] ?? '';
}

function attributesOf(cookie: string): string {
  return cookie.split('; ').slice(1).join('; ');
}
