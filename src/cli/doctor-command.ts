import type { Command } from 'commander';
import { hasFault, type Finding, type Severity } from '../domain/doctor/finding.js';
import type { CliContext } from './cli-context.js';
import { presentTable } from './output.js';

const MARKS: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'warning', ok: 'ok' };

/** Adds `doctor`. @param examine runs all checks */
export function registerDoctorCommand(
  program: Command,
  cli: CliContext,
  { examine }: { readonly examine: () => Promise<readonly Finding[]> },
): void {
  program
    .command('doctor')
    .description('look whether this deployment works: issuer, proxy, clock, database, mail, keys')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nRun it beside a running server, with the same configuration. It changes nothing. Exit code 1: something does not\n' +
        'work. What each code means: docs/doctor.md.\n\nExample:\n  latchkey doctor --json',
    )
    .action(async (options: { readonly json?: boolean }) => {
      await cli.runAlone(
        options,
        async () => {
          const findings = await examine();
          if (hasFault(findings)) cli.fail();
          return findings;
        },
        present,
        (findings) => ({ healthy: !hasFault(findings), findings: findings.map(toJson) }),
      );
    });
}

function present(findings: readonly Finding[]): string {
  const table = presentTable(
    ['', 'CODE', 'FOUND'],
    findings.map(({ severity, code, found }) => [MARKS[severity], code, found]),
  );
  const remedies = findings.flatMap(({ code, remedy }) =>
    remedy === undefined ? [] : [`${code}:\n  ${remedy}`],
  );
  if (remedies.length === 0) return `${table}\n\nAll is well.`;
  return `${table}\n\nWhat to do:\n\n${remedies.join('\n\n')}`;
}

function toJson({ code, severity, found, remedy }: Finding) {
  return { code, severity, found, remedy: remedy ?? null };
}
