import { PROBE_HEADER, type ProbeKind, type ProbeMaker, type SeenRequest } from '../probe.js';
import type { Visit, Visitor } from '../visit.js';

/** What the checks of the issuer need. */
export interface IssuerCheckDeps {
  /** The issuer identifier, as it is published; without a slash at its end. */
  readonly issuer: string;
  readonly visit: Visitor;
  readonly probes: ProbeMaker;
}

/** How a probe came back: what the outside was answered, and what the server saw of it. */
export interface ProbeOutcome {
  readonly visit: Visit;
  /** Undefined when no server with this deployment's secret has answered. */
  readonly seen: SeenRequest | undefined;
}

/** The path by which everything about the issuer begins. @see OpenID Connect Discovery 1.0 §4 */
export const DISCOVERY_PATH = '/.well-known/openid-configuration';

/**
 * Sends a probe to the issuer as the world reaches it.
 * @throws {VisitError}
 */
export async function sendProbe(
  { issuer, visit, probes }: IssuerCheckDeps,
  kind: ProbeKind,
  {
    path = DISCOVERY_PATH,
    headers = {},
  }: { readonly path?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<ProbeOutcome> {
  const probe = probes.make(kind);
  const answered = await visit(`${issuer}${path}`, { ...headers, [PROBE_HEADER]: probe.header });
  return { visit: answered, seen: probe.open(answered.body.trim()) };
}

/** Whether something stands between clients and the server: TLS ends there, or it says so. */
export function isBehindProxy(issuer: string, seen: SeenRequest): boolean {
  return issuer.startsWith('https:') || Object.keys(seen.forwarded).length > 0;
}
