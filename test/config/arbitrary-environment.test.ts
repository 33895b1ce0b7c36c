import { ConfigError, formatConfigFaults } from '../../src/config/config-error.js';
import { readConfig } from '../../src/config/read-config.js';

const NAMES =
  'NODE_ENV ISSUER HOST PORT DATABASE_URL DATA_DIR REDIS_URL SMTP_URL MAIL_FROM SECRET_KEY TRUSTED_PROXIES LOG_LEVEL DRAIN_SECONDS CONFIG SECRET_KEY_FILE DATABASE_URL_FILE REDIS_URL_FILE SMTP_URL_FILE'.split(
    ' ',
  );
/** Pieces that lead deep into the checks, beside characters of every kind. */
const PIECES =
  'http:// https:// postgres:// redis:// smtp:// localhost 127.0.0.1 [::1] :: / ? # @ : %zz %40 , 0 65536 10.0.0.0/8 loopback production development a@b < > - client_id clients: "[" "{" & * ! | \n \t \0 \u001b ü 😀 \ud800 __proto__ constructor'.split(
    ' ',
  );

/** mulberry32: small, seeded, and good enough to choose pieces. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('any environment gives a configuration or a ConfigError, one line for each fault', () => {
  const random = generator(20_261_123);
  const below = (limit: number) => Math.floor(random() * limit);
  const anyCharacter = () => String.fromCharCode(below(0x10000));
  const anyText = () =>
    Array.from({ length: below(6) }, () =>
      random() < 0.7 ? (PIECES[below(PIECES.length)] ?? '') : anyCharacter(),
    ).join('');
  let accepted = 0;
  let refused = 0;
  for (let round = 0; round < 1_500; round++) {
    const env: Record<string, string | undefined> = {};
    for (const name of NAMES) if (random() < 0.1) env[name] = anyText();
    if (random() < 0.1) env[anyText()] = anyText();
    try {
      const config = readConfig({ env, cwd: '/srv', readFile: () => anyText() });
      expect(config.port).toBeLessThanOrEqual(65_535);
      accepted++;
    } catch (error) {
      if (!(error instanceof ConfigError))
        throw new Error(`round ${round}: ${JSON.stringify(env)}`, { cause: error });
      expect(error.faults.length).toBeGreaterThan(0);
      expect(formatConfigFaults(error).split('\n')).toHaveLength(error.faults.length);
      refused++;
    }
  }
  expect(accepted).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(500);
});
