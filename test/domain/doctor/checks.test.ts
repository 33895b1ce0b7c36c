import { checkClock } from '../../../src/domain/doctor/check-clock.js';
import { checkDatabase, type DatabaseExamination } from '../../../src/domain/doctor/check-database.js';
import { checkMigrations } from '../../../src/domain/doctor/check-migrations.js';
import { checkResponseTypes } from '../../../src/domain/doctor/check-response-types.js';
import { checkSecretKey } from '../../../src/domain/doctor/check-secret-key.js';
import { checkSigningKeys } from '../../../src/domain/doctor/check-signing-keys.js';
import type { Finding } from '../../../src/domain/doctor/finding.js';
import { runChecks } from '../../../src/domain/doctor/run-checks.js';
import { SIGNING_ALGORITHMS } from '../../../src/domain/signing-keys/signing-key.js';

const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ severity, code }) => `${severity} ${code}`);

test.each([
  [2, ['ok clock.right']],
  [-4, ['warning clock.drifts']],
  [11, ['error clock.wrong']],
])('a clock that is %d seconds off is told', (aheadSeconds, expected) => {
  expect(told(checkClock([{ of: 'the database', aheadSeconds }]))).toEqual(expected);
});

describe('the database', () => {
  const good: DatabaseExamination = {
    versionNumber: 160_004,
    version: '16.4',
    latencyMs: 1,
    readOnly: false,
    mayCreate: true,
    forbiddenTables: [],
    connections: { open: 3, most: 97 },
    notifies: true,
  };
  test.each<[Partial<DatabaseExamination>, string]>([
    [{}, 'ok database.usable'],
    [{ versionNumber: 130_012 }, 'error database.old'],
    [{ readOnly: true }, 'error database.read_only'],
    [{ mayCreate: false }, 'warning database.migration_rights_missing'],
    [{ forbiddenTables: ['accounts'] }, 'error database.rights_missing'],
    [{ connections: { open: 87, most: 97 } }, 'warning database.connections_short'],
    [{ notifies: false }, 'error database.notifications_lost'],
    [{ latencyMs: 21 }, 'warning database.slow'],
  ])('that is %j is told as %s', (difference, expected) => {
    expect(told(checkDatabase({ ...good, ...difference }, { poolSize: 10 }))).toEqual([expected]);
  });
});

test('a schema that is older or newer is told', () => {
  expect(told(checkMigrations({ pending: [], unknown: [] }))).toEqual(['ok migrations.applied']);
  expect(told(checkMigrations({ pending: ['a'], unknown: [] }))).toEqual(['error migrations.pending']);
  expect(told(checkMigrations({ pending: [], unknown: ['z'] }))).toEqual(['error migrations.schema_newer']);
});

test('a secret key that does not fit, or is not taken yet, is told', () => {
  expect(told(checkSecretKey('mismatch'))).toEqual(['error secret_key.wrong']);
  expect(told(checkSecretKey('earlier'))).toEqual(['warning secret_key.not_taken']);
});

test('access tokens that browsers carry are told (RFC 9700 §2.1.2)', () => {
  expect(checkResponseTypes(['code id_token', 'id_token', 'none'])).toEqual([]);
  const [finding] = checkResponseTypes(['code id_token', 'id_token token']);
  expect([finding?.severity, finding?.code]).toEqual(['warning', 'response_types.token']);
  expect(finding?.found).toContain('features.response_types has "id_token token" (');
});

describe('signing keys', () => {
  const now = new Date('2026-11-28T12:00:00Z');
  const day = 86_400_000;
  const plan = { publishSeconds: 3_600, rotationSeconds: 90 * 86_400, retentionSeconds: 86_400 };
  const keys = SIGNING_ALGORITHMS.map((algorithm) => ({
    kid: algorithm,
    algorithm,
    createdAt: new Date(now.getTime() - 10 * day),
    signsFrom: new Date(now.getTime() - 10 * day),
    retiredAt: undefined,
  }));
  const published = keys.map(({ kid }) => kid);

  test('of every algorithm, published and young, are fine', () => {
    expect(told(checkSigningKeys(keys, { plan, published, now }))).toEqual(['ok keys.ready']);
  });

  test('that are missing, overdue or hidden are told', () => {
    expect(told(checkSigningKeys(keys.slice(1), { plan, published, now }))).toEqual(['error keys.missing']);
    expect(told(checkSigningKeys(keys, { plan, published: published.slice(1), now }))).toEqual([
      'error keys.not_published',
    ]);
    const later = new Date(now.getTime() + 82 * day);
    expect(told(checkSigningKeys(keys, { plan, published: undefined, now: later }))).toEqual(
      keys.map(() => 'warning keys.overdue'),
    );
  });
});

test('a check that fails, or does not end, is a finding and holds up no other', async () => {
  const findings = await runChecks(
    [
      { name: 'first', run: () => new Promise(() => undefined) },
      { name: 'second', run: () => Promise.reject(new TypeError('with a secret in it')) },
      { name: 'third', run: () => Promise.resolve([]) },
    ],
    { mostMs: 1 },
  );
  expect(told(findings)).toEqual(['error first.too_slow', 'error second.unknown']);
  expect(JSON.stringify(findings)).not.toContain('secret');
});
