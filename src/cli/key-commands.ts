import { Option, type Command } from 'commander';
import { rotateSigningKeys } from '../domain/signing-keys/rotate-signing-keys.js';
import {
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from '../domain/signing-keys/signing-key.js';
import type { CliContext } from './cli-context.js';

interface RotateOptions {
  readonly alg?: SigningAlgorithm;
  readonly json?: boolean;
}

/** Adds `key list` and `key rotate`. */
export function registerKeyCommands(program: Command, cli: CliContext): void {
  const key = program.command('key').description('look at the signing keys and rotate them');

  key
    .command('list')
    .description('list the keys that are published, newest first')
    .option('--json', 'print JSON')
    .action((options: { readonly json?: boolean }) =>
      cli.run(
        options,
        ({ stores }) => stores.signingKeys.list(),
        (keys) => (keys.length === 0 ? 'There are no keys yet: the first start makes them.' : present(keys)),
        (keys) => keys.map(toJson),
      ),
    );

  key
    .command('rotate')
    .description('make new signing keys; the ones until now stay published for verification')
    .addOption(new Option('--alg <algorithm>', 'only this algorithm').choices(SIGNING_ALGORITHMS))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nRunning servers take the new keys at once.\n\nExample:\n  latchkey key rotate --alg ES256',
    )
    .action((options: RotateOptions) =>
      cli.run(
        options,
        (deps) => rotateSigningKeys(deps, options.alg === undefined ? SIGNING_ALGORITHMS : [options.alg]),
        (keys) => `New keys:\n${present(keys)}`,
        (keys) => keys.map(toJson),
      ),
    );
}

function present(keys: readonly SigningKey[]): string {
  return keys
    .map(({ kid, algorithm, createdAt, retiredAt }) =>
      [
        algorithm.padEnd(5),
        kid,
        `made ${createdAt.toISOString()}`,
        retiredAt ? `retired ${retiredAt.toISOString()}` : 'signs',
      ].join('  '),
    )
    .join('\n');
}

function toJson({ kid, algorithm, createdAt, retiredAt }: SigningKey) {
  return {
    kid,
    alg: algorithm,
    status: retiredAt ? 'retired' : 'active',
    created_at: createdAt.toISOString(),
    retired_at: retiredAt?.toISOString() ?? null,
  };
}
