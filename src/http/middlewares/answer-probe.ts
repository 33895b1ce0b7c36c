import type { Context, Middleware } from 'koa';
import {
  PROBE_HEADER,
  PROBE_REDIRECT,
  probeCookies,
  type ProbeTaker,
  type TakenProbe,
  type SeenRequest,
} from '../../domain/doctor/probe.js';
import { canonicalAddress, FORWARDED_HEADERS, isFromTrustedProxy } from './trusted-proxies.js';

/**
 * Tells the doctor how this server sees its request, at whatever path and host it arrives. Only who has SECRET_KEY can
 * make a probe, and read what is answered; for everybody else nothing of this exists.
 * @param options.proxies the middleware that decides what forwarded headers count for
 */
export function answerProbe(
  probes: ProbeTaker,
  { proxies, secure }: { readonly proxies: Middleware; readonly secure: boolean },
): Middleware {
  const answer = async (ctx: Context, probe: TakenProbe): Promise<void> => {
    const arrived = asArrived(ctx);
    await proxies(ctx, () => Promise.resolve());
    const seen: SeenRequest = { ...arrived, peerTrusted: isFromTrustedProxy(ctx), client: ctx.ip };
    const cookies = probeCookies(probe.kind, { secure });
    if (cookies.length > 0) ctx.set('Set-Cookie', [...cookies]);
    if (probe.kind === 'redirect') ctx.set('Location', PROBE_REDIRECT);
    ctx.set('Cache-Control', 'no-store');
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.status = probe.kind === 'redirect' ? 303 : 200;
    ctx.type = 'text/plain';
    ctx.body = probe.seal(seen);
  };
  return (ctx, next) => {
    const header = ctx.get(PROBE_HEADER);
    const probe = header === '' ? undefined : probes.take(header);
    return probe ? answer(ctx, probe) : next();
  };
}

function asArrived(ctx: Context): Omit<SeenRequest, 'peerTrusted' | 'client'> {
  const { headers, socket, url = '' } = ctx.req;
  const forwarded = FORWARDED_HEADERS.flatMap((name): [string, string][] => {
    const value = headers[name];
    return value === undefined ? [] : [[name, String(value)]];
  });
  return {
    target: url,
    host: headers.host ?? '',
    forwarded: Object.fromEntries(forwarded),
    peer: canonicalAddress(socket.remoteAddress ?? ''),
    cookie: headers.cookie ?? '',
  };
}
