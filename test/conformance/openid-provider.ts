import { configurationFile } from '../support/configuration-file.js';
import { closeConnections, json, send } from '../support/relying-party-requests.js';
import { openFixture, type Fixture, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

/** The provider under test, as its preset for conformance tests opens it. */
export interface OpenIdProvider {
  readonly issuer: string;
  readonly server: TestServer;
  /** Registers clients and people, as its command line does. */
  readonly fixture: Fixture;
  /** Somebody of whom every claim of the standard scopes is known. */
  readonly user: TestUser;
  /** What discovery says. */
  readonly metadata: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/**
 * Starts it.
 * @param yaml more of its configuration file
 * @param env more of its environment
 */
export async function startProvider(
  yaml = '',
  env: Readonly<Record<string, string>> = {},
): Promise<OpenIdProvider> {
  const server = await startServer({
    env: { CONFIG: configurationFile(`preset: conformance\n${yaml}`), ...env },
  });
  const fixture = await openFixture(server);
  const user = await fixture.user({
    username: 'conformance',
    profile: {
      givenName: 'Ada',
      familyName: 'Lovelace',
      middleName: 'King',
      nickname: 'Ada',
      profile: 'https://ada.example.test/',
      picture: 'https://ada.example.test/portrait.png',
      website: 'https://ada.example.test/',
      gender: 'female',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      phoneNumber: '+442079460000',
      phoneNumberVerified: true,
      address: { streetAddress: '12 St James’s Square', locality: 'London', country: 'GB' },
    },
  });
  const { issuer } = server;
  return {
    issuer,
    server,
    fixture,
    user,
    metadata: json(await send(`${issuer}/.well-known/openid-configuration`)),
    async stop() {
      closeConnections();
      await fixture.close();
      await server.stop();
    },
  };
}

/** An address of the provider, by its name in discovery. @throws {Error} when it is not there */
export function endpoint({ metadata }: Pick<OpenIdProvider, 'metadata'>, name: string): string {
  const address = metadata[name];
  if (typeof address !== 'string') throw new Error(`Discovery has no ${name}.`);
  return address;
}
