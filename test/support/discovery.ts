import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { protocolSettings } from '../../src/composition/protocol-settings.js';
import { readConfig } from '../../src/config/read-config.js';
import { withApiResource } from '../../src/domain/resources/api-resource.js';
import { SIGNING_ALGORITHMS } from '../../src/domain/signing-keys/signing-key.js';
import { silentLogger } from '../../src/observability/logger.js';
import { ArtifactUnits } from '../../src/provider/artifact-units.js';
import type { ProviderDependencies } from '../../src/provider/provider-dependencies.js';
import { createProvider } from '../../src/provider/provider.js';
import { signingKeyGenerator } from '../../src/security/signing-key-generator.js';
import { createInMemoryArtifactStore } from './in-memory-artifact-store.js';
import { plainHasher } from './client-use-case-deps.js';

/** The issuer of the deployments of `openDiscovery`. */
export const ISSUER = 'https://id.example.com';

/** The protocol of any deployment, in this process and without a database, as far as discovery needs it. */
export interface Discovery {
  /** The discovery document under a configuration file of this text. */
  of(yaml: string): Promise<Readonly<Record<string, unknown>>>;
  /** Whether the deployment that was asked last knows the path, whatever it makes of an empty request. */
  answers(path: string): Promise<boolean>;
  close(): Promise<void>;
}

function notUsed(): never {
  throw new Error('Discovery does not use this.');
}

/** Starts it. */
export async function openDiscovery(): Promise<Discovery> {
  const clock = { now: () => new Date() };
  const signingKeys = await Promise.all(
    SIGNING_ALGORITHMS.map((algorithm) =>
      signingKeyGenerator.generate(algorithm, { createdAt: new Date(0), signsFrom: new Date(0) }),
    ),
  );
  let answer: RequestListener | undefined;
  const server = createServer((request, response) => answer?.(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dependenciesOf = (yaml: string): ProviderDependencies => {
    const env = { ISSUER, CONFIG: 'latchkey.yaml', TRUSTED_PROXIES: 'loopback' };
    const config = readConfig({ env, cwd: '/', readFile: () => yaml });
    const { features } = config;
    return {
      settings: protocolSettings(config, withApiResource(config.resources, config.issuer)),
      units: new ArtifactUnits(createInMemoryArtifactStore(clock)),
      clients: { find: () => Promise.resolve(undefined) },
      clientSecretHasher: plainHasher,
      accounts: { findById: notUsed },
      consents: { find: notUsed },
      secondFactor: config.secondFactor,
      requireVerifiedEmail: config.requireVerifiedEmail,
      secondFactors: notUsed,
      isRememberedDevice: notUsed,
      signingKeys,
      cookieKeys: ['a key for tests'],
      dpopNonceSecret: Buffer.alloc(32),
      pairwiseSubject: notUsed,
      assertions: features.jwtBearer ? { readAssertion: notUsed, findSubject: notUsed } : undefined,
      attestations: features.clientAttestation
        ? { findAttesterKey: notUsed, challengeSecret: Buffer.alloc(32) }
        : undefined,
      ciba: features.ciba ? { accounts: { findByLogin: notUsed }, clock, ask: notUsed } : undefined,
      pages: {
        error: notUsed,
        logout: notUsed,
        loggedOut: notUsed,
        deviceCode: notUsed,
        deviceConfirm: notUsed,
        deviceDone: notUsed,
      },
      labelOfAccount: notUsed,
      artifactReference: notUsed,
      clock,
      logger: silentLogger,
    };
  };
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers: { 'x-forwarded-host': new URL(ISSUER).host, 'x-forwarded-proto': 'https' },
    });
  return {
    async of(yaml) {
      const handle = createProvider(dependenciesOf(yaml)).callback();
      answer = (request, response) => void handle(request, response);
      const response = await ask('/.well-known/openid-configuration');
      expect(response.status).toBe(200);
      return (await response.json()) as Readonly<Record<string, unknown>>;
    },
    async answers(path) {
      return (await ask(path, { method: 'POST' })).status !== 404;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
