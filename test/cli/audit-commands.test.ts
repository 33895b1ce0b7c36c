import { registerAuditCommands } from '../../src/cli/audit-commands.js';
import type { AuditEvent } from '../../src/domain/audit/audit-event.js';
import type { AuditQuery, AuditReader, AuditVerdict } from '../../src/domain/audit/audit-log.js';
import { createFrame } from './terminal.js';

const event = (sequence: number): AuditEvent => ({
  id: `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
  sequence,
  at: new Date(Date.UTC(2026, 10, 23, 12, 0, sequence)),
  type: 'sign_in.failed',
  actor: { kind: 'anonymous' },
  subject: { kind: 'user', id: 'ada' },
  clientId: 'shop',
  address: '192.0.2.1',
  userAgent: '\u001b[31mEvil',
  requestId: 'r-1',
  details: { reason: 'wrong_password' },
});

function frame(count = 3, verdict: AuditVerdict = { intact: true, count, head: 'abcd' }) {
  const queries: AuditQuery[] = [];
  const reader: AuditReader = {
    list(query) {
      queries.push(query);
      const first = (query.before ?? count + 1) - 1;
      const length = Math.min(first, query.limit);
      const events = Array.from({ length }, (_, index) => event(first - index));
      return Promise.resolve({ events, next: first > length ? first - length + 1 : undefined });
    },
    verify: () => Promise.resolve(verdict),
  };
  return { ...createFrame(registerAuditCommands, reader), queries };
}

describe('audit verify', () => {
  test('says that the log is intact, and where it ends', async () => {
    expect(await frame().run(['audit', 'verify'])).toEqual({
      code: 0,
      out: 'The audit log is intact: 3 events.\nHead: abcd\n',
      err: '',
    });
    expect(await frame().runJson(['audit', 'verify'])).toEqual({ intact: true, count: 3, head: 'abcd' });
  });

  test('exits with 1 and names the place where it is not', async () => {
    const broken = frame(3, { intact: false, sequence: 2, problem: 'missing' });
    const said = await broken.run(['audit', 'verify']);
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toContain('Error in sequence/2: The audit log does not hold: event 2 is missing.');
    const { code, err } = await broken.run(['audit', 'verify', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'audit_log_broken', faults: [{ field: 'sequence/2', code: 'missing' }] },
    });
  });
});

describe('event list', () => {
  test('shows a table, newest first, without what could steer a terminal', async () => {
    const { code, out } = await frame(2).run(['event', 'list']);
    expect(code).toBe(0);
    const [heading, first, second] = out.split('\n');
    expect(heading).toMatch(/^SEQUENCE +AT +TYPE +ACTOR +SUBJECT +CLIENT +ADDRESS +DETAILS$/);
    expect(first).toMatch(
      /^2 +2026-11-23T12:00:02\.000Z +sign_in\.failed +anonymous +user ada +shop +192\.0\.2\.1 +\{"reason":"wrong_password"\}$/,
    );
    expect(second).toMatch(/^1 /);
  });

  test('says so when there are none', async () => {
    expect((await frame(0).run(['event', 'list'])).out).toBe('There are no such events.\n');
    expect(await frame(0).runJson(['event', 'list'])).toEqual([]);
  });

  test('prints JSON in snake_case with every member', async () => {
    expect(await frame(1).runJson(['event', 'list'])).toEqual([
      {
        id: event(1).id,
        sequence: 1,
        at: '2026-11-23T12:00:01.000Z',
        type: 'sign_in.failed',
        actor: { kind: 'anonymous', id: null },
        subject: { kind: 'user', id: 'ada' },
        client_id: 'shop',
        address: '192.0.2.1',
        user_agent: '\u001b[31mEvil',
        request_id: 'r-1',
        details: { reason: 'wrong_password' },
      },
    ]);
  });

  test('passes the filters on', async () => {
    const terminal = frame();
    const filters = '--type sign_in.failed --type user.created --user ada --client shop --since 2026-11-23';
    await terminal.run(['event', 'list', ...filters.split(' '), '--limit', '7']);
    expect(terminal.queries).toEqual([
      {
        types: ['sign_in.failed', 'user.created'],
        userId: 'ada',
        clientId: 'shop',
        since: new Date('2026-11-23T00:00:00Z'),
        limit: 7,
      },
    ]);
  });

  test('reads as many pages as the limit asks for, and no more', async () => {
    const terminal = frame(1_000);
    expect(await terminal.runJson(['event', 'list', '--limit', '450'])).toHaveLength(450);
    expect(terminal.queries.map(({ limit, before }) => [limit, before])).toEqual([
      [200, undefined],
      [200, 801],
      [50, 601],
    ]);
  });

  test.each([
    ['--type', 'sign_in'],
    ['--since', 'yesterday'],
    ['--since', '2026-11-23T12:00:00'],
    ['--since', '2026-13-40'],
    ['--limit', '0'],
    ['--limit', 'many'],
  ])('refuses %s %s as usage', async (option, value) => {
    const terminal = frame();
    const { code, err } = await terminal.run(['event', 'list', option, value]);
    expect(code).toBe(2);
    expect(err).toContain(option);
    expect(terminal.uses()).toEqual({ opened: 0, closed: 0 });
  });
});
