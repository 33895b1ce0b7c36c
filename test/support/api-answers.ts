import type { ApiOperation } from './api-document.js';
import type { HttpAnswer } from './relying-party-requests.js';

/**
 * Holds an answer against what the document says of the operation.
 * @returns what is wrong with the answer; undefined when nothing is
 */
export function faultOf(operation: ApiOperation, answer: HttpAnswer): string | undefined {
  const { status, headers, text } = answer;
  const told = `${operation.id} answered ${status}`;
  if (status >= 500) return `${told}: ${text}`;
  if (!operation.responses.has(status)) return `${told}, which the document does not name: ${text}`;
  const response = operation.responses.get(status);
  if (!response) return text === '' ? undefined : `${told} with a body, which the document does not name.`;
  const [type] = (headers['content-type'] ?? '').split(';');
  if (type !== response.type) return `${told} as ${String(type)} instead of ${response.type}.`;
  if (!response.type.endsWith('json') || response.type.endsWith('ndjson')) return undefined;
  const outcome = response.check.safeParse(JSON.parse(text));
  return outcome.success ? undefined : `${told} beside its schema: ${outcome.error.message}\n${text}`;
}
