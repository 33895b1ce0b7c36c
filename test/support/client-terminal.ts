import { Readable } from 'node:stream';
import type { OpenedApplication } from '../../src/cli/cli-context.js';
import { registerClientCommands } from '../../src/cli/client-commands.js';
import { runCli } from '../../src/cli/run-cli.js';
import { matchesLiveSecret } from '../../src/domain/clients/client-secret-hasher.js';
import { buildClient } from './build-client.js';
import { noAuditReader } from './recording-audit-trail.js';
import { createClientUseCaseDeps } from './client-use-case-deps.js';
import { storesOf } from './stores-of.js';

const declared = buildClient({ clientId: 'declared', name: 'Declared', source: 'configuration' });

function notUsed(): never {
  throw new Error('The client commands do not use this.');
}

/**
 * Runs `latchkey client …` in memory, beside one declared client.
 * @param over other parts of the application
 */
export function createClientTerminal(over: Partial<OpenedApplication> = {}) {
  const deps = createClientUseCaseDeps();
  const { clients, consents, artifactRevocation, audit } = deps;
  const stores = storesOf({ clients, consents, artifactRevocation, audit });
  const application: OpenedApplication = {
    ...deps,
    stores,
    auditReader: noAuditReader,
    unitOfWork: { run: (work) => work(stores) },
    signingKeyGenerator: { generate: notUsed },
    signingKeyReader: { read: notUsed },
    signingKeyPlan: { publishSeconds: 0, rotationSeconds: undefined, retentionSeconds: 0 },
    foreignHashes: { read: notUsed },
    passwordHasher: { hash: notUsed, verify: notUsed, needsRehash: notUsed },
    passwordPolicy: { minLength: 15, productName: 'Latchkey' },
    mail: { available: false },
    issuer: 'http://localhost:3000',
    registrationHash: notUsed,
    signUp: { mode: 'off', emailDomains: [] },
    identityProviders: [],
    declaredClients: [declared],
    close: () => Promise.resolve(),
    ...over,
  };
  const run = async (...args: string[]) => {
    const written = { out: '', err: '' };
    const code = await runCli(
      ['client', ...args],
      {
        stdin: Readable.from([]),
        stdout: { write: (text) => (written.out += text) },
        stderr: { write: (text) => (written.err += text) },
        open: () => Promise.resolve(application),
        describeFailure: () => undefined,
      },
      '0.0.0',
      [registerClientCommands],
    );
    return { code, ...written };
  };
  const runJson = async (...args: string[]) => {
    const { code, out, err } = await run(...args, '--json');
    return { code, json: JSON.parse(out === '' ? err : out) as Record<string, unknown> };
  };
  const accepts = async (clientId: string, secret: unknown) => {
    const secrets = (await deps.clients.find(clientId))?.secrets ?? [];
    return matchesLiveSecret(deps.clientSecretHasher, secrets, String(secret), deps.clock.now());
  };
  return { deps, run, runJson, accepts };
}
