import { isIPv4 } from 'node:net';
import type { Config, Mode } from './config.js';
import { Refusal, quote } from './refusal.js';
import { parseUrl } from '../domain/url.js';

const REMEDY = 'Set it to the https URL that relying parties see, for instance https://id.example.com.';

/**
 * Checks an issuer identifier. It is compared character by character by relying parties, so it must be written in its
 * one canonical form.
 * @throws {Refusal} saying the form that would be right, where there is one
 * @see OpenID Connect Discovery 1.0 §3
 */
export function readIssuer(text: string, mode: Mode): string {
  const url = parseUrl(text);
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw new Refusal('is not an http or https URL', REMEDY);
  }
  if (url.username !== '' || url.password !== '')
    throw new Refusal('contains a user name or password', REMEDY);
  if (text.includes('?') || text.includes('#')) throw new Refusal('has a query or a fragment', REMEDY);
  if (url.protocol === 'http:' && mode === 'production') {
    throw new Refusal('is not https, which production requires', REMEDY);
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new Refusal('is not https; http is for loopback hosts such as localhost only', REMEDY);
  }
  if (url.pathname !== '/') {
    throw new Refusal('has a path', `Give this server a host of its own, for instance ${exampleHost(url)}.`);
  }
  const canonical = url.origin;
  if (text !== canonical) {
    throw new Refusal(
      `${quote(text)} is not in the form that relying parties compare`,
      `Write ${canonical} instead.`,
    );
  }
  return text;
}

/** The issuer of a server on this machine, when none is set. */
export function localIssuer(port: number, scheme: 'http' | 'https' = 'http'): string {
  return port === (scheme === 'http' ? 80 : 443) ? `${scheme}://localhost` : `${scheme}://localhost:${port}`;
}

/**
 * Completes a configuration with `port` 0 by the port that the system gave. The issuer follows, unless it was set.
 * @param port the port that the server listens on
 */
export function withListeningPort(config: Config, port: number): Config {
  if (config.port !== 0) return config;
  const scheme = config.tls ? 'https' : 'http';
  const isOwn = config.issuer === localIssuer(0, scheme);
  return { ...config, port, issuer: isOwn ? localIssuer(port, scheme) : config.issuer };
}

function exampleHost({ protocol, host }: URL): string {
  return `${protocol}//id.${host.replace(/^(id|www)\./, '')}`;
}

function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}
