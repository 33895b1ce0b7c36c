/** Where a Redis is, and how it is spoken to. */
export interface RedisAddress {
  readonly cluster: boolean;
  /** Name of the group of which the nodes are the Sentinels; absent: they are servers themselves. */
  readonly sentinelGroup: string | undefined;
  readonly tls: boolean;
  /** PEM: the authorities that its certificate may come from; absent: those that Node trusts. */
  readonly authorities: string | undefined;
  /** One; of a Cluster at least one, from which the others are learnt; or Sentinels. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Number of the database; a Cluster has one only. */
  readonly database: number;
}

const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26_379;

/**
 * @param url as the configuration has checked it: `redis[s][+cluster|+sentinel]://[user:password@]host[:port][,…][/group][/database]`
 * @param authorities PEM: those that its certificate may come from; absent: those that Node trusts
 */
export function redisAddress(url: string, authorities?: string): RedisAddress {
  const [, scheme = '', userinfo = '', hosts = '', ...path] =
    /^([a-z+]+):\/\/(?:([^@/]*)@)?([^/]*)(?:\/([^/]*))?(?:\/(\d*))?$/i.exec(url) ?? [];
  const isSentinel = scheme.toLowerCase().endsWith('+sentinel');
  const [group, database] = isSentinel ? path : [undefined, path[0]];
  const colon = userinfo.indexOf(':');
  const username = decodeURIComponent(colon === -1 ? userinfo : userinfo.slice(0, colon));
  const password = colon === -1 ? '' : decodeURIComponent(userinfo.slice(colon + 1));
  return {
    cluster: scheme.toLowerCase().endsWith('+cluster'),
    sentinelGroup: group,
    tls: scheme.toLowerCase().startsWith('rediss'),
    authorities,
    nodes: hosts.split(',').map((text) => node(text, isSentinel ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT)),
    username: username === '' ? undefined : username,
    password: password === '' ? undefined : password,
    database: Number(database ?? 0),
  };
}

function node(text: string, defaultPort: number): RedisAddress['nodes'][number] {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? defaultPort : Number(port) };
}
