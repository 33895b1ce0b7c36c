/** One thing that a developer should know about a refusal. English, as the protocol's own texts are. */
export interface ExplanationDetail {
  readonly label: string;
  readonly value: string;
  /** Quotes what the request said, or other clients: shown in development, never logged. */
  readonly unlogged?: true;
}

/** Why a request was refused and what to do. Never holds a secret, a code or a token. */
export type Explanation = readonly ExplanationDetail[];

/** The explanation as one sentence for a log line. */
export function explanationForLog(explanation: Explanation): string {
  return oneLine(explanation.filter(({ unlogged }) => unlogged !== true));
}

/**
 * The explanation as it may stand in an `error_description`.
 * @see RFC 6749 §5.2 on the characters
 */
export function explanationForDescription(explanation: Explanation): string {
  return oneLine(explanation)
    .replaceAll('"', "'")
    .replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');
}

function oneLine(explanation: Explanation): string {
  return explanation.map(({ label, value }) => `${label}: ${value}`).join('; ');
}
