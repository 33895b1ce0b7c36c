import type { Page } from 'playwright-core';
import * as openid from 'openid-client';
import type { RegisterClientInput } from '../../src/domain/clients/register-client.js';
import type { RelyingPartySite } from './relying-party-site.js';
import type { Fixture } from './server-fixture.js';
import type { TestServer } from './server.js';

/** An app that asks for consent, and speaks OpenID Connect by a library of its own. */
export interface OpenidApp {
  /** Sends the browser to the server. @returns what the app remembers until the browser comes back */
  begin(page: Page, parameters?: Readonly<Record<string, string>>): Promise<BegunRequest>;
  /** Waits until the browser is back, and redeems the code. @throws as openid-client does, for an error too */
  finish(
    page: Page,
    begun: BegunRequest,
  ): Promise<openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers>;
  /** The `error` with which the browser comes back. */
  refusal(page: Page): Promise<string | null>;
  refresh(refreshToken: string): Promise<openid.TokenEndpointResponse>;
}

export type BegunRequest = Readonly<{ pkceCodeVerifier: string; expectedState: string }>;

/** Registers an app at a running server. */
export async function registerOpenidApp(
  server: Pick<TestServer, 'issuer'>,
  fixture: Fixture,
  site: RelyingPartySite,
  input: Partial<RegisterClientInput> = {},
): Promise<OpenidApp> {
  const { clientId, clientSecret } = await fixture.client({
    redirectUris: [site.callback],
    firstParty: false,
    ...input,
  });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const execute = [openid.allowInsecureRequests];
  const config = await openid.discovery(new URL(server.issuer), clientId, clientSecret, undefined, {
    execute,
  });
  const arrivalOf = async (page: Page): Promise<URL> => {
    await page.waitForURL(`${site.callback}?**`);
    return new URL(page.url());
  };
  return {
    async begin(page, parameters = {}) {
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      const expectedState = openid.randomState();
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: site.callback,
        scope: 'openid email offline_access',
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        ...parameters,
      });
      await page.goto(url.href);
      return { pkceCodeVerifier, expectedState };
    },
    finish: async (page, begun) => openid.authorizationCodeGrant(config, await arrivalOf(page), begun),
    refusal: async (page) => (await arrivalOf(page)).searchParams.get('error'),
    refresh: (refreshToken) => openid.refreshTokenGrant(config, refreshToken),
  };
}
