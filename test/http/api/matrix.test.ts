import { CALLERS, CALLERS_CONFIG, type ApiCaller } from '../../support/api-callers.js';
import { isWrite, operationsOf, type ApiOperation } from '../../support/api-document.js';
import { checksumOfTables } from '../../support/api-state.js';
import { makeTargets, sampleRequest, type ApiTargets } from '../../support/api-targets.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
let operations: readonly ApiOperation[];
const callers = new Map<string, ApiCaller>();

beforeAll(async () => {
  api = await startApiServer(CALLERS_CONFIG);
  operations = operationsOf((await api.call('GET', '/openapi.json', { token: '' })).body);
  for (const [name, make] of CALLERS) callers.set(name, await make(api));
}, 60_000);
afterAll(() => api.stop());

type Outcome = 'carried out' | 'not authenticated' | 'not allowed' | 'anybody may';

/** What the document says of the caller. */
function documented(operation: ApiOperation, { scopes }: ApiCaller): Outcome {
  if (operation.scopes === undefined) return 'anybody may';
  if (scopes === undefined) return 'not authenticated';
  return operation.scopes.every((scope) => scopes.includes(scope)) ? 'carried out' : 'not allowed';
}

async function outcomeOf(operation: ApiOperation, targets: ApiTargets, caller: ApiCaller): Promise<string> {
  const { path, text, headers } = sampleRequest(operation, targets);
  const answer = await api.call(operation.method.toUpperCase(), path, {
    token: caller.token,
    headers,
    ...(text !== undefined && { text }),
  });
  const code = answer.body['code'];
  const challenge = String(answer.headers['www-authenticate']);
  if (answer.status === operation.success) {
    return operation.scopes === undefined ? 'anybody may' : 'carried out';
  }
  if (answer.status === 401 && challenge.startsWith('Bearer ')) return 'not authenticated';
  if (answer.status === 403 && code === 'insufficient_scope') {
    const asked = challenge.includes(`scope="${operation.scopes?.join(' ') ?? ''}"`);
    return asked ? 'not allowed' : `not allowed, but challenged with ${challenge}`;
  }
  return `${answer.status} ${answer.text}`;
}

describe('every operation of the document (S61)', () => {
  it('is there to be tried, and asks for scopes unless it is public', () => {
    expect(operations.length).toBeGreaterThan(40);
    const open = operations.filter(({ scopes }) => scopes === undefined).map(({ id }) => id);
    expect(open).toEqual(['getDescription']);
    for (const { scopes } of operations) expect(scopes).not.toEqual([]);
  });

  it.each([...CALLERS.keys()])('answers %s as the document says', async (name) => {
    const caller = callers.get(name);
    if (!caller) throw new Error(`${name} is not there.`);
    const refused = operations.filter((operation) => documented(operation, caller).startsWith('not '));
    const allowed = operations.filter((operation) => !refused.includes(operation));
    const outcomes: Record<string, string> = {};

    const shared = await makeTargets(api);
    const before = await checksumOfTables(api.application.database.knex);
    for (const operation of refused) outcomes[operation.id] = await outcomeOf(operation, shared, caller);
    // Nothing is written for whoever is refused, also not in the audit log.
    expect(await checksumOfTables(api.application.database.knex)).toEqual(before);

    for (const operation of allowed) {
      const targets = isWrite(operation) ? await makeTargets(api) : shared;
      outcomes[operation.id] = await outcomeOf(operation, targets, caller);
    }
    expect(outcomes).toEqual(
      Object.fromEntries(operations.map((operation) => [operation.id, documented(operation, caller)])),
    );
  });
});
