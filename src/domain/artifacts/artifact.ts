import type { JsonObject } from '../json.js';

/** The kinds of state that the protocol keeps, under the names that the protocol library gives its models. */
export const ARTIFACT_MODELS = [
  'AccessToken',
  'AuthorizationCode',
  'BackchannelAuthenticationRequest',
  'ClientCredentials',
  'DeviceCode',
  'Grant',
  'InitialAccessToken',
  'Interaction',
  // Ours: which grant and session a JWT access token belongs to.
  'JwtAccessToken',
  'PreAuthorizedCode',
  'PushedAuthorizationRequest',
  // Ours: the answer to a refresh, for a client that did not get it.
  'RefreshAnswer',
  'RefreshToken',
  'RegistrationAccessToken',
  'ReplayDetection',
  'Session',
] as const;
export type ArtifactModel = (typeof ARTIFACT_MODELS)[number];

/** Names one artifact. The id is usually a bearer value: it must reach no log and no disk. */
export interface ArtifactKey {
  readonly model: ArtifactModel;
  readonly id: string;
}

/** An artifact as it is written. */
export interface ArtifactWrite extends ArtifactKey {
  readonly payload: JsonObject;
  /** Epoch seconds; absent: it does not expire. */
  readonly expiresAt: number | undefined;
  /** What it can be found, joined and revoked by, beside its id. */
  readonly grantId?: string | undefined;
  readonly uid?: string | undefined;
  readonly userCode?: string | undefined;
  readonly sessionUid?: string | undefined;
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
}

/** An artifact as it was found, a fresh object each time. */
export interface FoundArtifact {
  readonly id: string;
  readonly payload: JsonObject;
  /** The same as text, where the store has it at hand. */
  readonly json?: string;
  /** Epoch seconds at which it was used up, absent while it was not. */
  readonly consumedAt: number | undefined;
  /** Grows with every write; a later write names the one that it was based on. */
  readonly version: number;
}

/** What a lookup brings: the artifact and, in the same query, what its use will ask for next. */
export interface ArtifactLookup extends FoundArtifact {
  readonly grant: FoundArtifact | undefined;
  readonly session: FoundArtifact | undefined;
}
