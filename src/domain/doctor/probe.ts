/**
 * What a probe asks the server to answer with, besides what it saw: nothing else, cookies, more headers than any answer
 * has, as many as the largest, or a redirect.
 */
export type ProbeKind = 'look' | 'cookies' | 'large_headers' | 'largest_headers' | 'redirect';

/** The header in which a probe travels. */
export const PROBE_HEADER = 'Latchkey-Probe';

/** A request as the server got it, and as it understood it. */
export interface SeenRequest {
  /** The request target as it arrived. @see RFC 9112 §3.2 */
  readonly target: string;
  /** `Host` as it arrived. */
  readonly host: string;
  /** Forwarded headers as they arrived, by their names in lower case. */
  readonly forwarded: Readonly<Record<string, string>>;
  /** The address from which the connection came. */
  readonly peer: string;
  /** Whether that address is one of the trusted proxies. */
  readonly peerTrusted: boolean;
  /** The address for which the client is taken. */
  readonly client: string;
  /** `Cookie` as it arrived. */
  readonly cookie: string;
}

/** A probe on its way to the server. */
export interface SentProbe {
  /** The value of its header. */
  readonly header: string;
  /** Reads the answer. @returns undefined when no server with the same secret has answered */
  readonly open: (answer: string) => SeenRequest | undefined;
}

/** Makes probes that only servers with the same secret understand, and whose answers only the maker can read. */
export interface ProbeMaker {
  make(kind: ProbeKind): SentProbe;
}

/** A probe that the server has taken. */
export interface TakenProbe {
  readonly kind: ProbeKind;
  /** Seals an answer for the one that made the probe. */
  readonly seal: (seen: SeenRequest) => string;
}

/** Takes probes: each one once, none that is older than some minutes. */
export interface ProbeTaker {
  /** @returns undefined for what is no probe of ours: it is to be answered as if there were none */
  take(header: string): TakenProbe | undefined;
}

/** Where the redirect of a probe goes: to an app on the person's machine, over plain http as such apps have it. */
export const PROBE_REDIRECT = 'http://127.0.0.1:49152/callback?code=a%2Fb&state=x%20y%3D%3D';

/** Bytes of cookies in the largest answers that are usual: an error when they do not get through. */
const LARGE_BYTES = 3_000;
/** Bytes of cookies with which no answer is larger: long states and encrypted answers in redirects count here. */
const LARGEST_BYTES = 7_000;

/**
 * The cookies that the answer to a probe sets: as those of the sign-in, with the same attributes.
 * @param secure whether the issuer is https
 * @see RFC 6265bis §4.1
 */
export function probeCookies(kind: ProbeKind, { secure }: { readonly secure: boolean }): readonly string[] {
  const attributes = `${secure ? '; Secure' : ''}; HttpOnly; SameSite=Lax`;
  const session = `${secure ? '__Host-' : ''}latchkey_probe`;
  switch (kind) {
    case 'cookies':
      return [
        `${session}=session; Max-Age=60; Path=/${attributes}`,
        `latchkey_probe_step=step; Max-Age=60; Path=/interaction/probe${attributes}`,
        `latchkey_probe_step.sig=signature; Max-Age=60; Path=/interaction/probe${attributes}`,
      ];
    case 'large_headers':
    case 'largest_headers': {
      const bytes = kind === 'large_headers' ? LARGE_BYTES : LARGEST_BYTES;
      const half = 'x'.repeat(bytes / 2 - 100);
      return [
        `${session}=${half}; Max-Age=60; Path=/${attributes}`,
        `latchkey_probe_step=${half}; Max-Age=60; Path=/${attributes}`,
      ];
    }
    case 'look':
    case 'redirect':
      return [];
  }
}
