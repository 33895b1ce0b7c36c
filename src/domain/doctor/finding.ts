/** `error`: something does not work; `warning`: it works, and something should be mended; `ok`: looked at and fine. */
export type Severity = 'error' | 'warning' | 'ok';

/** What a check has found. */
export interface Finding {
  /** Stable, for instance `proxy.host_lost`: what it is about, and what was found. */
  readonly code: string;
  readonly severity: Severity;
  /** What was found: one sentence, never with a secret in it. */
  readonly found: string;
  /** What to do, concretely; undefined where nothing is to be done. */
  readonly remedy: string | undefined;
}

/** Something is as it should be. */
export function fine(code: string, found: string): Finding {
  return { code, severity: 'ok', found, remedy: undefined };
}

/** Something works, and should be mended. */
export function warning(code: string, found: string, remedy: string): Finding {
  return { code, severity: 'warning', found, remedy };
}

/** Something does not work. */
export function fault(code: string, found: string, remedy: string): Finding {
  return { code, severity: 'error', found, remedy };
}

/** Whether something among the findings does not work. */
export function hasFault(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
