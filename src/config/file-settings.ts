import path from 'node:path';
import type { RegistrationPolicy } from '../domain/client-registration/registration-policy.js';
import { toAuthorizationDetailType } from './authorization-details-schema.js';
import { toBranding } from './branding.js';
import { toClientAttester } from './client-attesters-schema.js';
import type { Config } from './config.js';
import type { FileContent } from './file-schema.js';
import { toTrustedIssuer } from './jwt-bearer-schema.js';
import { toClientCertificateSettings } from './mtls-settings.js';

/** A JWT access token cannot be taken back, so it lives shortly. */
const JWT_ACCESS_TOKEN_SECONDS = 300;

/**
 * The settings of the configuration file, as the program knows them.
 * @param folder at which relative paths of the file start
 */
export function fileSettings(
  {
    scopes,
    resources,
    roles,
    groups,
    branding,
    views_dir,
    lifetimes,
    features,
    password_policy,
    sign_up,
    client_registration,
    client_id_metadata_documents,
    authorization_details_types,
    accounts,
    authentication,
    keys,
    token_exchange,
    mtls,
    client_attesters,
    jwt_bearer,
    profile,
    preset,
  }: FileContent,
  folder: string,
) {
  return {
    scopes,
    roles,
    groups,
    resources: resources.map((resource) => ({
      identifier: resource.identifier,
      name: resource.name ?? resource.identifier,
      scopes: resource.scopes,
      accessTokenFormat: resource.access_token_format,
      accessTokenLifetime:
        resource.access_token_lifetime_seconds ??
        (resource.access_token_format === 'jwt' ? JWT_ACCESS_TOKEN_SECONDS : lifetimes.access_token_seconds),
      introspectionClients: resource.introspection_clients,
      signingAlgorithm: resource.signing_algorithm,
    })),
    tokenExchange: token_exchange,
    trustedIssuers: jwt_bearer.map(toTrustedIssuer),
    mtls: toClientCertificateSettings(mtls),
    clientAttesters: client_attesters.map(toClientAttester),
    profile,
    preset,
    branding: toBranding(branding, folder),
    viewsDir: views_dir && path.resolve(folder, views_dir),
    lifetimes: {
      sessionSeconds: lifetimes.session_seconds,
      sessionAbsoluteSeconds: lifetimes.session_absolute_seconds,
      accessTokenSeconds: lifetimes.access_token_seconds,
      idTokenSeconds: lifetimes.id_token_seconds,
      refreshTokenSeconds: lifetimes.refresh_token_seconds,
      grantSeconds: lifetimes.grant_seconds,
      authorizationCodeSeconds: lifetimes.authorization_code_seconds,
      deviceCodeSeconds: lifetimes.device_code_seconds,
      interactionSeconds: lifetimes.interaction_seconds,
    },
    features: {
      deviceFlow: features.device_flow,
      introspection: features.introspection,
      revocation: features.revocation,
      clientCredentials: features.client_credentials,
      pushedAuthorizationRequests: features.pushed_authorization_requests,
      dpop: features.dpop,
      requestObjects: features.request_objects,
      jarm: features.jarm,
      jwtUserinfo: features.jwt_userinfo,
      jwtIntrospection: features.jwt_introspection,
      encryption: features.encryption,
      tokenExchange: features.token_exchange,
      mtls: features.mtls,
      jwtBearer: features.jwt_bearer,
      ciba: features.ciba,
      clientAttestation: features.client_attestation,
      responseTypes: features.response_types,
    },
    signUp: { mode: sign_up.mode, emailDomains: sign_up.email_domains },
    clientRegistration: {
      mode: client_registration.mode,
      policy: toRegistrationPolicy(client_registration),
      perNetwork: client_registration.registrations_per_network,
      unusedDays: client_registration.unused_days,
      maxUnused: client_registration.max_unused,
    },
    authorizationDetailTypes: authorization_details_types.map(toAuthorizationDetailType),
    clientDocuments: {
      hosts: client_id_metadata_documents.hosts,
      policy: toRegistrationPolicy(client_id_metadata_documents),
    },
    passwordPolicy: { minLength: password_policy.min_length },
    secondFactor: {
      policy: authentication.second_factor,
      roles: authentication.second_factor_roles,
      rememberDays: authentication.remember_device_days,
    },
    requireVerifiedEmail: authentication.require_verified_email,
    accounts: { deletionGraceDays: accounts.deletion_grace_days },
    keys: {
      rotationDays: keys.rotation_days,
      cacheSeconds: keys.cache_seconds,
      publishSeconds: keys.publish_seconds,
    },
  } satisfies Partial<Config>;
}

function toRegistrationPolicy(
  section: FileContent['client_id_metadata_documents'] | FileContent['client_registration'],
): RegistrationPolicy {
  return {
    redirectHosts: section.redirect_hosts,
    scopes: section.scopes,
    resources: section.resources,
    grantTypes: section.grant_types,
  };
}
