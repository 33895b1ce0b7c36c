import { TooManyAttemptsError } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import { withClientDefaults } from '../clients/client-registration.js';
import { clientFaults } from '../clients/client-rules.js';
import type { Client } from '../clients/client.js';
import { registerClient } from '../clients/register-client.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { UnitOfWork } from '../unit-of-work.js';
import {
  hashRegistrationAccessToken,
  REGISTRATION_ACCESS_TOKEN_PREFIX,
} from './client-registration-store.js';
import { hashInitialAccessToken, type InitialAccessToken } from './initial-access-token.js';
import { within, type RegistrationDeps, type RegistrationStores } from './registration-deps.js';
import { applyPolicyPart, policyFaults } from './registration-policy.js';
import { readRequestedRegistration } from './requested-registration.js';

/** Seconds after which somebody may ask again when too many clients wait for their first use. */
const FULL_SECONDS = 3600;
/** Characters of 6 random bits in a client id: enough that no two meet; an id is no secret. */
const CLIENT_ID_RANDOM_CHARACTERS = 16;

export interface RegisterOwnClientInput {
  /** Reads client metadata as the application sent it, once it is known that it may register. */
  readonly readMetadata: () => Promise<JsonObject>;
  /** As it was presented. */
  readonly initialAccessToken: string | undefined;
  /** IP address of whoever asks, as far as it is known. */
  readonly address: string | undefined;
}

export interface RegisteredOwnClient {
  readonly client: Client;
  /** Told this once. */
  readonly secret: string | undefined;
  /** Told this once. */
  readonly registrationAccessToken: string;
}

/**
 * Registers an application at its own wish, as a client that nobody has looked at.
 * @throws {DomainError} `invalid_input` with all faults, `initial_access_token_invalid`
 * @throws {TooManyAttemptsError} when its network registers too many, or too many wait for their first use
 * @see RFC 7591 §3, OpenID Connect Dynamic Client Registration 1.0 §3
 */
export async function registerOwnClient(
  deps: RegistrationDeps & { readonly unitOfWork: UnitOfWork<RegistrationStores> },
  input: RegisterOwnClientInput,
): Promise<RegisteredOwnClient> {
  const now = deps.clock.now();
  const tokenHash =
    input.initialAccessToken === undefined ? undefined : hashInitialAccessToken(input.initialAccessToken);
  const token = tokenHash && (await deps.initialAccessTokens.findLive(tokenHash, now));
  if (tokenHash ? !token : deps.settings.mode !== 'open') throw tokenInvalid();
  if (!tokenHash) await countRegistration(deps, input.address);

  const policy = applyPolicyPart(deps.settings.policy, token?.policy ?? {});
  const { registration, faults } = readRequestedRegistration(await input.readMetadata(), policy);
  const attributes = withClientDefaults(registration);
  refuseIfFaulty([...faults, ...clientFaults(attributes, deps), ...policyFaults(attributes, policy)]);
  const clientId = `dyn-${deps.randomToken().slice(0, CLIENT_ID_RANDOM_CHARACTERS)}`;
  refuseIfFaulty(
    await deps.protocolFaults({
      ...attributes,
      clientId,
      secrets: [],
      source: 'database',
      selfRegistered: true,
      createdAt: now,
      updatedAt: now,
    }),
  );

  const registrationAccessToken = `${REGISTRATION_ACCESS_TOKEN_PREFIX}${deps.randomToken()}`;
  return deps.unitOfWork.run(async (stores) => {
    const used = tokenHash && (await takeUse(stores.initialAccessTokens, tokenHash, now));
    const { client, secret } = await registerClient(
      { ...deps, unitOfWork: within(stores) },
      { ...registration, clientId, selfRegistered: { initialAccessTokenId: used?.id } },
    );
    await stores.clientRegistrations.insert({
      clientId,
      accessTokenHash: hashRegistrationAccessToken(registrationAccessToken),
      initialAccessTokenId: used?.id,
      policy: used?.policy ?? {},
      registeredAt: now,
      usedAt: undefined,
    });
    return { client, secret, registrationAccessToken };
  });
}

/** The use is taken with the registration itself: one that is refused costs none. */
async function takeUse(
  tokens: { use(tokenHash: Buffer, at: Date): Promise<InitialAccessToken | undefined> },
  tokenHash: Buffer,
  now: Date,
): Promise<InitialAccessToken> {
  const used = await tokens.use(tokenHash, now);
  if (used === undefined) throw tokenInvalid();
  return used;
}

async function countRegistration(deps: RegistrationDeps, address: string | undefined): Promise<void> {
  const subject = `client registration:${networkOf(address ?? '') ?? 'unknown'}`;
  const wait = await deps.registrationThrottle.count({ subject, network: undefined, at: deps.clock.now() });
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
  const { maxUnused } = deps.settings;
  if ((await deps.clientRegistrations.countUnused(maxUnused)) >= maxUnused) {
    throw new TooManyAttemptsError(FULL_SECONDS);
  }
}

function tokenInvalid(): DomainError {
  return new DomainError(
    'initial_access_token_invalid',
    'The initial access token is missing, unknown, expired or used up.',
  );
}
