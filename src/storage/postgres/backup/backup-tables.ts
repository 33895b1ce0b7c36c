/**
 * Tables whose contents last, each behind those that it refers to. `data_keys` comes first: who reads a backup learns from
 * it whether the rest can be opened.
 */
export const DURABLE_TABLES: readonly string[] = [
  'data_keys',
  'signing_keys',
  'accounts',
  'roles',
  'account_roles',
  'groups',
  'group_members',
  'group_roles',
  'clients',
  'client_secrets',
  'client_registrations',
  'client_logos',
  'client_uses',
  'consents',
  'totp_authenticators',
  'recovery_codes',
  'passkeys',
  'upstream_links',
  'audit_events',
  'audit_chain',
];

/** What was issued, is under way, or is only counted: it is in no backup, and so a restore ends all of it. */
export const TRANSIENT_TABLES: readonly string[] = [
  'account_links',
  'artifact_revocations',
  'artifacts',
  'backchannel_requests',
  'ended_sessions',
  'idempotency_keys',
  'initial_access_tokens',
  'invitations',
  'login_attempts',
  'login_networks',
  'logout_deliveries',
  'mail_outbox',
  'passkey_challenges',
  'registrations',
  'remembered_devices',
  'setup_links',
  'upstream_requests',
  'upstream_sids',
];

/** What migrations write of themselves. */
export const SCHEMA_TABLES: readonly string[] = [
  'schema_floors',
  'schema_migrations',
  'schema_migrations_lock',
];
