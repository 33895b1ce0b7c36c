import { registerAdminCommands } from '../../src/cli/admin-commands.js';
import { registerSystemCommands, type MigrationReport } from '../../src/cli/system-commands.js';
import { createFrame } from './terminal.js';

function createSystemFrame(migrations: readonly string[] = ['1_one', '2_two']) {
  const asked: string[] = [];
  const frame = createFrame((program, cli) =>
    registerSystemCommands(program, cli, {
      serve: () => {
        asked.push('serve');
        return Promise.resolve();
      },
      migrate: (action: MigrationReport['action']) => {
        asked.push(action);
        return Promise.resolve({ action, migrations });
      },
      printConfig: ({ redact }) => Promise.resolve({ secret: redact ? '[redacted]' : 'clear' }),
    }),
  );
  return { ...frame, asked };
}

describe('serve, migrate and config', () => {
  test('serve starts the server, and says itself nothing', async () => {
    const frame = createSystemFrame();
    expect(await frame.run(['serve'])).toEqual({ code: 0, out: '', err: '' });
    expect(frame.asked).toEqual(['serve']);
  });

  test('migrate applies, lists or takes back', async () => {
    const frame = createSystemFrame();
    expect((await frame.run(['migrate'])).out).toBe('Applied:\n  1_one\n  2_two\n');
    expect((await frame.run(['migrate', '--status'])).out).toBe('Not applied yet:\n  1_one\n  2_two\n');
    expect((await frame.run(['migrate', '--rollback'])).out).toBe('Taken back:\n  1_one\n  2_two\n');
    expect(await frame.runJson(['migrate'])).toEqual({ action: 'latest', migrations: ['1_one', '2_two'] });
    expect(frame.asked).toEqual(['latest', 'status', 'rollback', 'latest']);
    expect((await frame.run(['migrate', '--status', '--rollback'])).code).toBe(2);
    expect(frame.uses().opened).toBe(0);
  });

  test('migrate says when there is nothing to do', async () => {
    const frame = createSystemFrame([]);
    expect((await frame.run(['migrate'])).out).toBe('The database schema is up to date.\n');
    expect((await frame.run(['migrate', '--rollback'])).out).toBe('There is no migration to take back.\n');
  });

  test('config print prints JSON, redacted when asked', async () => {
    const frame = createSystemFrame();
    expect(JSON.parse((await frame.run(['config', 'print'])).out)).toEqual({ secret: 'clear' });
    expect(await frame.runJson(['config', 'print', '--redact'])).toEqual({ secret: '[redacted]' });
  });
});

describe('admin link', () => {
  test('prints a link that works once, also when there is an administrator', async () => {
    const frame = createFrame(registerAdminCommands);
    expect((await frame.run(['admin', 'link'])).out).toMatch(/^https:\/\/id\.example\.com\/setup#token-1\n/);
    expect(await frame.runJson(['admin', 'link'])).toEqual({
      url: 'https://id.example.com/setup#token-2',
      expires_at: '2026-11-24T12:00:00.000Z',
    });
  });
});
