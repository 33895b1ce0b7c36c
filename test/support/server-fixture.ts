import { readFileSync } from 'node:fs';
import { openApplication } from '../../src/composition/open-application.js';
import type { Application } from '../../src/composition/application.js';
import { readConfig } from '../../src/config/read-config.js';
import { createAccount, type CreateAccountInput } from '../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import { registerClient, type RegisterClientInput } from '../../src/domain/clients/register-client.js';
import type { TestServer } from './server.js';

/** A password that the policy accepts. */
export const PASSWORD = 'a quiet meadow at dawn';

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

export interface TestClient {
  readonly clientId: string;
  /** Empty for clients without one. */
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** Makes users and clients beside a running server, through the use cases that its command line has. */
export interface Fixture {
  readonly application: Application;
  user(input?: Partial<CreateAccountInput>): Promise<TestUser>;
  disable(user: TestUser): Promise<void>;
  /** A client of type `web` that asks no consent, unless the input says otherwise. */
  client(input?: Partial<RegisterClientInput>): Promise<TestClient>;
  close(): Promise<void>;
}

/** Where codes go in tests in which nobody has to be there. */
export const REDIRECT_URI = 'https://app.example.test/callback';

/** Opens the server's database with the server's settings. */
export async function openFixture(server: Pick<TestServer, 'env' | 'issuer'>): Promise<Fixture> {
  const config = readConfig({
    env: { ...server.env, ISSUER: server.issuer },
    readFile: (file) => readFileSync(file, 'utf8'),
    cwd: import.meta.dirname,
  });
  if (!config.secretKeys) throw new Error('The server has no secret key.');
  const { secretKeys } = config;
  const application = await openApplication({ ...config, secretKeys }, { applicationName: 'latchkey test' });
  let count = 0;
  return {
    application,
    async user(input = {}) {
      count += 1;
      const email = input.email ?? `person${count}@example.test`;
      const password = input.password ?? PASSWORD;
      const account = await createAccount(application, { email, emailVerified: true, password, ...input });
      return { id: account.id, email, password };
    },
    async disable({ id }) {
      await setAccountDisabled(application, id, true);
    },
    async client(input = {}) {
      count += 1;
      const { client, secret = '' } = await registerClient(
        { ...application, declaredClientIds: new Set() },
        { name: `App ${count}`, type: 'web', redirectUris: [REDIRECT_URI], firstParty: true, ...input },
      );
      return {
        clientId: client.clientId,
        clientSecret: secret,
        redirectUri: client.redirectUris[0] ?? '',
      };
    },
    close: () => application.close(),
  };
}
