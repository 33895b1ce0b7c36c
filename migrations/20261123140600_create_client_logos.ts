import type { Knex } from 'knex';

/**
 * Logos of clients, as pages show them. No foreign key to clients: some are declared in the configuration file.
 * `uri` is where a logo is fetched from; without one it was uploaded, and nothing is fetched.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table client_logos (
      client_id text not null,
      uri text,
      next_fetch_at timestamptz,
      sha256 bytea,
      media_type text,
      bytes bytea,
      stored_at timestamptz,
      constraint client_logos_pkey primary key (client_id),
      constraint client_logos_fetch_check check ((uri is null) = (next_fetch_at is null)),
      constraint client_logos_image_check check (
        (sha256 is null) = (bytes is null) and (sha256 is null) = (media_type is null)
        and (sha256 is null) = (stored_at is null)
      ),
      constraint client_logos_content_check check (uri is not null or bytes is not null),
      constraint client_logos_bytes_check check (octet_length(bytes) <= 204800)
    )
  `);
  await knex.raw('create index client_logos_sha256_idx on client_logos (sha256)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table client_logos');
}
