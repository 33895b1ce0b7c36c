import type { Knex } from 'knex';

/** Kinds of artifacts that outlast a test; the others may expire and be purged at any time. */
const LASTING = "('Session', 'Grant', 'AccessToken', 'ClientCredentials', 'RefreshToken')";

/** Of what is delivered meanwhile only that it is there is summed up. */
const IN_THE_BACKGROUND: readonly string[] = ['mail_outbox', 'logout_deliveries'];

/**
 * Sums up every row of every table, so that one can see that nothing has changed.
 * @returns table → checksum
 */
export async function checksumOfTables(knex: Knex): Promise<Readonly<Record<string, string>>> {
  const { rows: tables } = await knex.raw<{ rows: { name: string }[] }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
  );
  const sums = tables.map(({ name }) => {
    if (IN_THE_BACKGROUND.includes(name)) {
      return `select '${name}' as name, md5(coalesce(string_agg(id::text, '' order by id::text), '')) as sum from "${name}"`;
    }
    const lasting = name === 'artifacts' ? `where expires_at > now() and model in ${LASTING}` : '';
    return `select '${name}' as name, md5(coalesce(string_agg(md5(row::text), '' order by md5(row::text)), '')) as sum from "${name}" as row ${lasting}`;
  });
  const { rows } = await knex.raw<{ rows: { name: string; sum: string }[] }>(sums.join(' union all '));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}
