import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { FONTS } from '../domain/branding/client-branding.js';
import { CLIENT_TYPES, type Client, type ClientType } from '../domain/clients/client.js';
import { splitScope } from '../domain/clients/client-registration.js';
import { SECURITY_PROFILES, type SecurityProfile } from '../domain/profiles/security-profile.js';
import type { RegisterClientInput } from '../domain/clients/register-client.js';
import type { ClientChanges } from '../domain/clients/update-client.js';
import type { JsonObject, JsonValue } from '../domain/json.js';

/** The options that `client create` and `client update` share, as commander gives them. */
interface SharedClientOptions {
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  /** false: taken away by `--no-backchannel-logout-uri`. */
  readonly backchannelLogoutUri?: string | false;
  readonly scope?: string;
  readonly resource?: readonly string[];
  readonly allowedOrigin?: readonly string[];
  /** false: taken away by `--no-allow-role`. */
  readonly allowRole?: readonly string[] | false;
  /** false: taken away by `--no-allow-group`. */
  readonly allowGroup?: readonly string[] | false;
  readonly firstParty?: boolean;
  readonly requireSecondFactor?: boolean;
  readonly requireVerifiedEmail?: boolean;
  /** false: none, by `--no-identity-provider`. */
  readonly identityProvider?: readonly string[] | false;
  readonly metadata?: JsonObject;
  /** false: taken away by `--no-profile`. */
  readonly profile?: SecurityProfile | false;
  /** false: taken away by `--no-response-type`. */
  readonly responseType?: readonly string[] | false;
  /** false: taken away by `--no-accent`. */
  readonly accent?: string | false;
  /** false: taken away by `--no-radius`. */
  readonly radius?: number | false;
  /** false: taken away by `--no-font`. */
  readonly font?: string | false;
  readonly json?: boolean;
}

export interface CreateClientOptions extends SharedClientOptions {
  readonly name: string;
  readonly type: ClientType;
  readonly clientId?: string;
}

export interface UpdateClientOptions extends SharedClientOptions {
  readonly name?: string;
  readonly addRedirectUri?: readonly string[];
  readonly removeRedirectUri?: readonly string[];
  readonly everyIdentityProvider?: boolean;
}

/** Adds the options of `client create`. */
export function addCreateOptions(command: Command): Command {
  command
    .requiredOption('--name <name>', 'name that people read when they sign in')
    .addOption(
      new Option('--type <type>', 'what kind of application it is')
        .choices(CLIENT_TYPES)
        .makeOptionMandatory(),
    )
    .option('--client-id <id>', 'id of your own choice (default: one is made)');
  return addSharedOptions(command, 'repeat for several')
    .option('--first-party', 'run by you: no consent is asked')
    .option('--require-second-factor', 'nobody signs in with one factor')
    .option('--require-verified-email', 'nobody signs in whose email address is not verified')
    .option('--backchannel-logout-uri <uri>', 'where logout tokens are sent');
}

/** Adds the options of `client update`. */
export function addUpdateOptions(command: Command): Command {
  command
    .option('--name <name>', 'name that people read when they sign in')
    .option('--add-redirect-uri <uri>', 'one more redirect URI; repeat for several', collect)
    .option('--remove-redirect-uri <uri>', 'one redirect URI less; repeat for several', collect);
  return addSharedOptions(command, 'replaces all of them; repeat for several')
    .option('--first-party', 'run by you: no consent is asked')
    .option('--require-second-factor', 'nobody signs in with one factor')
    .option('--no-first-party', 'consent is asked')
    .option('--no-require-second-factor', 'one factor will do')
    .option('--require-verified-email', 'nobody signs in whose email address is not verified')
    .option('--no-require-verified-email', 'an address that is not verified will do')
    .option('--backchannel-logout-uri <uri>', 'where logout tokens are sent')
    .option('--no-backchannel-logout-uri', 'no logout tokens are sent')
    .option('--no-profile', 'the profile is that of this provider, or none')
    .option('--no-response-type', 'codes only')
    .option('--no-accent', 'the colour is that of this provider')
    .option('--no-radius', 'corners are as usual')
    .option('--no-font', 'type is as usual')
    .option('--every-identity-provider', 'people may sign in by every other provider')
    .option('--no-allow-role', 'no role is asked for')
    .option('--no-allow-group', 'no group is asked for');
}

function addSharedOptions(command: Command, several: string): Command {
  return command
    .option('--redirect-uri <uri>', `where sign-ins return to; ${several}`, collect)
    .option('--post-logout-redirect-uri <uri>', `where sign-outs return to; ${several}`, collect)
    .addOption(
      new Option('--profile <profile>', 'security profile that it is held to').choices(SECURITY_PROFILES),
    )
    .option(
      '--response-type <type>',
      `what the browser may bring back: code, or what features.response_types offers; ${several}`,
      collect,
    )
    .option('--scope <scopes>', 'scopes that it may ask for, separated by spaces')
    .option('--resource <identifier>', `resource server that it may call; ${several}`, collect)
    .option('--allowed-origin <origin>', `web origin that may call from a browser; ${several}`, collect)
    .option('--allow-role <role>', `only people with this role may sign in; ${several}`, collect)
    .option('--allow-group <group>', `only people of this group may sign in; ${several}`, collect)
    .option('--accent <colour>', 'colour of buttons and links on its pages, #rrggbb')
    .option('--radius <pixels>', 'rounding of corners on its pages, 0 to 24', readWholeNumber)
    .addOption(new Option('--font <font>', 'type on its pages').choices(FONTS))
    .option('--identity-provider <id>', `other provider by which people may sign in; ${several}`, collect)
    .option('--no-identity-provider', 'people sign in by no other provider')
    .option('--metadata <json>', 'further client metadata (RFC 7591) as a JSON object', readMetadata)
    .option('--json', 'print JSON');
}

/** What `registerClient` takes, of the options. */
export function toRegistration(options: CreateClientOptions): RegisterClientInput {
  return {
    clientId: options.clientId,
    name: options.name,
    type: options.type,
    redirectUris: options.redirectUri,
    postLogoutRedirectUris: options.postLogoutRedirectUri,
    backchannelLogoutUri: options.backchannelLogoutUri === false ? undefined : options.backchannelLogoutUri,
    scopes: options.scope === undefined ? undefined : splitScope(options.scope),
    resources: options.resource,
    allowedOrigins: options.allowedOrigin,
    allowedRoles: options.allowRole === false ? undefined : options.allowRole,
    allowedGroups: options.allowGroup === false ? undefined : options.allowGroup,
    firstParty: options.firstParty,
    requireSecondFactor: options.requireSecondFactor,
    requireVerifiedEmail: options.requireVerifiedEmail,
    identityProviders: namedProviders(options),
    metadata: metadataAfter(options, {}),
  };
}

/** What `updateClient` is to change, of the options and the client as it is. */
export function toChanges(options: UpdateClientOptions, client: Client): ClientChanges {
  return {
    name: options.name,
    redirectUris: redirectUrisAfter(options, client),
    postLogoutRedirectUris: options.postLogoutRedirectUri,
    backchannelLogoutUri: options.backchannelLogoutUri === false ? null : options.backchannelLogoutUri,
    scopes: options.scope === undefined ? undefined : splitScope(options.scope),
    resources: options.resource,
    allowedOrigins: options.allowedOrigin,
    allowedRoles: options.allowRole === false ? [] : options.allowRole,
    allowedGroups: options.allowGroup === false ? [] : options.allowGroup,
    firstParty: options.firstParty,
    requireSecondFactor: options.requireSecondFactor,
    requireVerifiedEmail: options.requireVerifiedEmail,
    identityProviders: options.everyIdentityProvider === true ? null : namedProviders(options),
    metadata: metadataAfter(options, client.metadata),
  };
}

/** The metadata that change, with the options of the branding put into `branding`. */
function metadataAfter(
  { accent, radius, font, profile, responseType, metadata: other }: SharedClientOptions,
  before: JsonObject,
): JsonObject | undefined {
  const chosen: JsonObject = {
    ...(profile === undefined ? {} : { profile: profile === false ? null : profile }),
    ...(responseType === undefined ? {} : { response_types: responseType === false ? null : responseType }),
  };
  const metadata = Object.keys(chosen).length === 0 ? other : { ...other, ...chosen };
  const given = Object.entries({ accent, radius, font }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return metadata;
  const kept = metadata?.['branding'] ?? before['branding'] ?? {};
  const branding = Object.fromEntries(
    Object.entries({ ...(isJsonObject(kept) ? kept : {}), ...Object.fromEntries(given) }).filter(
      ([, value]) => value !== false,
    ),
  ) as JsonObject;
  return { ...metadata, branding: Object.keys(branding).length === 0 ? null : branding };
}

/** Reads a whole number. @throws {InvalidArgumentError} */
function readWholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function namedProviders({ identityProvider }: SharedClientOptions): readonly string[] | undefined {
  return identityProvider === false ? [] : identityProvider;
}

/** Reads a whole number of seconds. @throws {InvalidArgumentError} */
export function readSeconds(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
}

function redirectUrisAfter(options: UpdateClientOptions, client: Client): readonly string[] {
  const removed = new Set(options.removeRedirectUri);
  const kept = (options.redirectUri ?? client.redirectUris).filter((uri) => !removed.has(uri));
  return [...kept, ...(options.addRedirectUri ?? []).filter((uri) => !kept.includes(uri))];
}

function collect(value: string, earlier: readonly string[] | false = []): readonly string[] {
  return [...(earlier === false ? [] : earlier), value];
}

function readMetadata(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw new InvalidArgumentError('It must be JSON, like \'{"client_uri":"https://app.example.com"}\'.');
  }
  if (!isJsonObject(value)) throw new InvalidArgumentError('It must be a JSON object.');
  return value;
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
