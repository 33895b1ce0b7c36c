import { Refusal } from './refusal.js';
import { readServiceUrl, type ServiceUrlKind } from './service-url.js';

const SINGLE: ServiceUrlKind = {
  protocols: ['redis:', 'rediss:'],
  example: 'rediss://:PASSWORD@redis.example.com:6379',
};
const CLUSTER = 'rediss+cluster://:PASSWORD@redis-1.example.com:6379,redis-2.example.com:6379';
const SENTINEL =
  'redis+sentinel://:PASSWORD@sentinel-1.example.com:26379,sentinel-2.example.com:26379/mymaster';

/**
 * Checks the address of a Redis or Valkey: `redis://` or `rediss://` and one host; with `+cluster` one host or several of a
 * Cluster, from which the others are learnt; with `+sentinel` one Sentinel or several, and the name of their group. No message
 * repeats any of it.
 * @returns the text as it is
 * @throws {Refusal}
 */
export function readRedisUrl(text: string): string {
  const [, scheme = '', kind, userinfo = '', hosts = '', rest = ''] =
    /^(rediss?)(\+cluster|\+sentinel)?:\/\/([^/?#]*@)?([^/?#]*)(.*)$/is.exec(text) ?? [];
  const isSentinel = kind?.toLowerCase() === '+sentinel';
  // Each host as an address of its own: whatever is wrong with one is told in the words for a single Redis.
  const several = hosts.split(',');
  for (const host of several) {
    const path = isSentinel ? '' : rest;
    readServiceUrl(scheme === '' ? text : `${scheme}://${userinfo}${host}${path}`, SINGLE);
  }
  // What may stand for a socket of PostgreSQL says nothing here.
  if (several.some((host) => /^(:|$)/.test(host))) {
    throw new Refusal('names no host', `Write it like ${SINGLE.example}.`);
  }
  if (several.length > 1 && kind === undefined) {
    throw new Refusal(
      'names several hosts',
      `For a Cluster, write it like ${CLUSTER}; for Sentinels like ${SENTINEL}.`,
    );
  }
  if (rest.includes('?')) {
    throw new Refusal('has a query', 'Leave out the ? and what follows.');
  }
  if (isSentinel) {
    if (/^\/[\w.-]+(\/\d{0,4})?$/.test(rest)) return text;
    throw new Refusal(
      'does not name the group of its Sentinels behind their hosts',
      `Write it like ${SENTINEL}.`,
    );
  }
  if (!/^\/?\d{0,4}$/.test(rest)) {
    throw new Refusal(
      'has something else than the number of a database behind its host',
      `Write it like ${SINGLE.example}/0, or leave it out.`,
    );
  }
  if (kind !== undefined && /[1-9]/.test(rest)) {
    throw new Refusal('names a database, and a Cluster has only number 0', 'Leave it out.');
  }
  return text;
}
