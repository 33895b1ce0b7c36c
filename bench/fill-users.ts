import type { Database } from '../src/storage/postgres/database.js';

const CHUNK = 100_000;

/** Users made in the bench: the texts that the searches look for, and how many have them. */
const GIVEN =
  `Ada Alan Alice Amara Ana Anna Antonio Arjun Aya Barbara Ben Carla Carlos Chen Clara Dana David Diego Edsger Elena
  Elif Emil Emma Eva Fatima Felix Finn Frances Grace Hana Hans Hugo Ian Ida Ines Ivan Jack Jana Jean Johanna John Jonas Josef Julia
  Kai Karen Katherine Kenji Klara Lars Laura Lea Leo Lin Lucas Luis Maja Marco Maria Marie Mark Marta Max Mei Mia Miguel Mila Mina
  Mohammed Nadia Nina Noah Nora Olga Oliver Omar Oscar Paul Paula Pedro Petra Pia Priya Rafael Ravi Rosa Ruth Sara Sofia Sven Tara
  Tim Tom Uma Vera Viktor Wei Yara Yusuf Zoe`.split(/\s+/);
const FAMILY =
  `Abbas Ahmed Allen Andersen Bauer Becker Bell Berg Bianchi Brown Castro Chan Clark Costa Cruz Davies Diaz Dijkstra Dubois
  Duarte Eriksson Evans Fernandez Fischer Fontana Garcia Gomez Gonzalez Gruber Gupta Hall Hansen Harris Hernandez Hoffmann Hopper
  Huber Hughes Ito Ivanova Jackson Jansen Johansson Johnson Jones Kaya Keller Khan Kim King Klein Kovacs Kumar Larsen Lee Lewis
  Lopez Lovelace Martin Martinez Mayer Meier Mendes Meyer Moore Moreau Mueller Nakamura Nguyen Nielsen Novak Olsen Park Patel Perez
  Peters Petrov Pereira Popov Ramirez Reyes Richter Rivera Roberts Rodriguez Romano Rossi Ruiz Russo Sanchez Santos Sato Schmidt
  Schneider Silva Singh Smith Suzuki Tanaka Taylor Thomas Torres Turing Walker Wang Weber White Williams Wilson Wong Wright Yamamoto
  Yilmaz Young Zhang`.split(/\s+/);

/**
 * Fills the table of accounts: names in all combinations, three in four with a username, one in a thousand disabled, four
 * in five at `example.com`, the newest twentieth at `newcomer.test`, and every 200,000th with a family name of their own.
 * @param count of users
 * @param database of which no statement times out
 */
export async function fillUsers(database: Database, count: number): Promise<void> {
  for (let from = 1; from <= count; from += CHUNK) {
    await database.raw(INSERT, {
      given: GIVEN,
      family: FAMILY,
      newcomers: count * 0.95,
      from,
      to: Math.min(count, from + CHUNK - 1),
    });
  }
  await database.raw('vacuum analyze accounts');
}

/** One user each half minute, with ids of version 7 as the program makes them. */
const INSERT = `
  insert into accounts (
    id, email, email_normalized, username, username_normalized, profile, password_hash, disabled, created_at, updated_at
  )
  select
    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
    email, email, username, username,
    jsonb_build_object('givenName', given, 'familyName', family, 'name', given || ' ' || family),
    '$argon2id$v=19$m=19456,t=2,p=1$' || substr(hash, 1, 22) || '$' || substr(hash || hash, 1, 43),
    number % 1000 = 7, at, at
  from (
    select *,
      lower(given) || '.' || lower(family) || number || '@'
        || case when number > :newcomers::int then 'newcomer.test' when number % 5 = 0 then 'mail.test' else 'example.com' end
        as email,
      case when number % 4 > 0 then lower(left(given, 1)) || lower(family) || number end as username
    from (
      select number, md5(number::text) as hash,
        timestamptz '2025-01-01' + number * interval '30 seconds' as at,
        names.given[1 + (hashint4(number) & 1073741823) % cardinality(names.given)] as given,
        case when number % 200000 = 77777 then 'Quixotescu'
          else names.family[1 + (hashint4(number + 1000000000) & 1073741823) % cardinality(names.family)] end as family
      from generate_series(:from::int, :to::int) as number,
        (select :given::text[] as given, :family::text[] as family) as names
    ) as people
  ) as rows`;
