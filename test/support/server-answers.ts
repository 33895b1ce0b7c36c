import { json, type HttpAnswer } from './relying-party-requests.js';
import type { TestServer } from './server.js';

/** What must not be in any answer: places in files, frames of a stack. */
const INNARDS = /node_modules|\bat (async )?[\w.<>]+ \(|\.[jt]s:\d+|SyntaxError|TypeError/;

/** Fails when the answer is a fault of the server, or tells its innards. */
export function expectNoFault(answer: HttpAnswer): void {
  expect({
    url: answer.url.slice(0, 200),
    status: answer.status >= 500 ? answer.status : 'below 500',
  }).toEqual({
    url: answer.url.slice(0, 200),
    status: 'below 500',
  });
  expect(answer.text).not.toMatch(INNARDS);
}

/** A page for a person, with the reference under which the request is in the server's log. */
export async function expectErrorPage(
  server: TestServer,
  answer: HttpAnswer | undefined,
  status: number,
  text: string,
): Promise<void> {
  if (!answer) throw new Error('There is no page.');
  expectNoFault(answer);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.text).toContain(text);
  expect(answer.status).toBe(status);
  const reference = /Reference:\s*<code>([\w-]+)<\/code>/.exec(answer.text)?.[1] ?? 'none';
  expect(answer.headers['x-request-id']).toBe(reference);
  await server.printed(new RegExp(`"requestId":"${reference}".*"status":${status}`));
}

/** An error as the specification has it, for a program. @see RFC 6749 §5.2 */
export function expectSpecError(answer: HttpAnswer, status: number, error: string): void {
  expectNoFault(answer);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect({ status: answer.status, error: json(answer)['error'] }).toEqual({ status, error });
}
