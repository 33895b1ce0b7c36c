import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ensureSigningKeys } from '../../src/domain/signing-keys/ensure-signing-keys.js';
import { DURABLE_TABLES } from '../../src/storage/postgres/backup/backup-tables.js';
import type { Fixture } from './server-fixture.js';

/** Everything that COPY's text format has to escape, and more. */
export const AWKWARD_TEXT =
  '\\. tab\there\nline\r\nback\\slash \\N null "quotes" \'single\' Ünïcödé 日本語 \u{1F511} \\x41';

const AT = new Date('2026-11-28T09:08:07.006Z');
const LATER = new Date('2027-01-01T00:00:00Z');

/** Puts something into each table that lasts, with values that are easily lost on the way. */
export async function fillDurableTables({ application, ...fixture }: Fixture): Promise<void> {
  const knex = application.database.knex;
  await ensureSigningKeys(application);
  const [ada, bob] = [await fixture.user(), await fixture.user({ email: 'bob@example.test' })];
  await fixture.client({ name: AWKWARD_TEXT.replaceAll(/\p{Cc}/gu, ' ') });
  const [clientId = ''] = await knex('clients').pluck<string[]>('client_id');
  await knex('accounts')
    .where({ id: ada.id })
    .update({ profile: JSON.stringify({ name: AWKWARD_TEXT }) });
  const groupId = randomUUID();
  const rows: Readonly<Record<string, object>> = {
    roles: { name: 'auditor', description: AWKWARD_TEXT, permissions: ['users:read', 'events:read'] },
    account_roles: { account_id: ada.id, role: 'auditor' },
    groups: { id: groupId, name: 'Board', name_normalized: 'board' },
    group_members: { group_id: groupId, account_id: bob.id },
    group_roles: { group_id: groupId, role: 'auditor' },
    client_registrations: {
      client_id: clientId,
      access_token_hash: Buffer.alloc(32, 9),
      policy: { scopes: ['openid'] },
      registered_at: AT,
    },
    client_logos: {
      client_id: clientId,
      sha256: Buffer.alloc(32, 1),
      media_type: 'image/png',
      bytes: Buffer.from([0, 10, 13, 92, 46, 255]),
      stored_at: AT,
    },
    client_uses: { account_id: ada.id, client_id: clientId, last_used_at: AT, received: { email: '\\.' } },
    consents: {
      account_id: ada.id,
      client_id: clientId,
      scopes: ['openid', 'a "b", {c}\\'],
      claims: [],
      resource_scopes: {},
      granted_at: AT,
    },
    totp_authenticators: {
      id: randomUUID(),
      account_id: ada.id,
      name: AWKWARD_TEXT,
      secret_sealed: Buffer.from('sealed'),
      last_step: '58000000',
      created_at: AT,
      confirmed_at: AT,
    },
    recovery_codes: { account_id: ada.id, code_hash: Buffer.alloc(32, 2), active: true, created_at: AT },
    passkeys: {
      id: randomUUID(),
      account_id: ada.id,
      credential_id: Buffer.alloc(16, 3),
      public_key: Buffer.alloc(77, 4),
      sign_count: '4294967295',
      transports: ['internal', 'hybrid'],
      aaguid: randomUUID(),
      multi_device: true,
      backed_up: false,
      user_verified: true,
      name: '',
      created_at: AT,
    },
    upstream_links: {
      id: randomUUID(),
      account_id: ada.id,
      provider_id: 'corporate',
      issuer: 'https://id.example.test',
      subject: AWKWARD_TEXT,
      created_at: AT,
    },
    // What must not come back.
    remembered_devices: {
      token_hash: Buffer.alloc(32, 5),
      account_id: ada.id,
      created_at: AT,
      expires_at: LATER,
    },
    setup_links: { token_hash: Buffer.alloc(32, 6), expires_at: LATER },
    invitations: {
      id: randomUUID(),
      email_hash: Buffer.alloc(32, 7),
      token_hash: Buffer.alloc(32, 8),
      sealed: Buffer.from('sealed'),
      created_at: AT,
      expires_at: LATER,
    },
  };
  for (const [table, row] of Object.entries(rows)) await knex(table).insert(row);
  for (const table of DURABLE_TABLES) {
    if ((await knex(table).first(knex.raw('1'))) === undefined)
      throw new Error(`${table} is empty: put a row into it here.`);
  }
}

/** Every row of these tables, as text, in an order that does not hang on where it lies. */
export async function contentsOf(
  knex: Knex,
  tables: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const contents: Record<string, readonly string[]> = {};
  for (const table of tables) {
    const { rows } = await knex.raw<{ rows: { row: string }[] }>(
      `select to_jsonb(t)::text as row from ?? t order by 1`,
      [table],
    );
    contents[table] = rows.map(({ row }) => row);
  }
  return contents;
}
