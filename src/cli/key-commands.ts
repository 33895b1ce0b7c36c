import { Option, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import type { JsonWebKey } from 'node:crypto';
import { DomainError } from '../domain/errors.js';
import { importSigningKey } from '../domain/signing-keys/import-signing-key.js';
import { removeSigningKey } from '../domain/signing-keys/remove-signing-key.js';
import { rotateSigningKeys } from '../domain/signing-keys/rotate-signing-keys.js';
import {
  SIGNING_ALGORITHMS,
  signingKeyStatus,
  type SigningAlgorithm,
  type SigningKey,
} from '../domain/signing-keys/signing-key.js';
import type { CliContext } from './cli-context.js';

interface RotateOptions {
  readonly alg?: SigningAlgorithm;
  readonly now?: boolean;
  readonly json?: boolean;
}

interface ImportOptions {
  readonly file: string;
  readonly verifyOnly?: boolean;
  readonly json?: boolean;
}

/** Adds `key list`, `key rotate`, `key import` and `key remove`. */
export function registerKeyCommands(program: Command, cli: CliContext): void {
  const key = program.command('key').description('look at the signing keys and rotate them');
  registerKeyLists(key, cli);
  registerKeyTransfers(key, cli);
}

function registerKeyLists(key: Command, cli: CliContext): void {
  key
    .command('list')
    .description('list the keys that are published, newest first')
    .option('--json', 'print JSON')
    .action((options: { readonly json?: boolean }) =>
      cli.run(
        options,
        async ({ stores, clock }) => ({ keys: await stores.signingKeys.list(), at: clock.now() }),
        ({ keys, at }) =>
          keys.length === 0 ? 'There are no keys yet: the first start makes them.' : present(keys, at),
        ({ keys, at }) => keys.map((one) => toJson(one, at)),
      ),
    );

  key
    .command('rotate')
    .description('publish new signing keys; after a while they sign, and the ones until now only verify')
    .addOption(new Option('--alg <algorithm>', 'only this algorithm').choices(SIGNING_ALGORITHMS))
    .option('--now', 'let the new keys sign at once: for keys that others know')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nRunning servers take the new keys at once. Applications have as long as `keys.publish_seconds` says to learn\n' +
        'of them, unless --now is given.\n\nExample:\n  latchkey key rotate --alg ES256',
    )
    .action((options: RotateOptions) =>
      cli.run(
        options,
        async (deps) => ({
          keys: await rotateSigningKeys(deps, {
            algorithms: options.alg === undefined ? SIGNING_ALGORITHMS : [options.alg],
            immediately: options.now,
          }),
          at: deps.clock.now(),
        }),
        ({ keys, at }) => `New keys:\n${present(keys, at)}`,
        ({ keys, at }) => keys.map((one) => toJson(one, at)),
      ),
    );
}

function registerKeyTransfers(key: Command, cli: CliContext): void {
  key
    .command('import')
    .description('take over a private key that was made elsewhere, as JSON Web Key (RFC 7517)')
    .requiredOption('--file <path>', 'the file that holds the key')
    .option('--verify-only', 'publish it for what it has signed elsewhere; it signs nothing here')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nDelete the file afterwards.\n\nExample:\n  latchkey key import --file old-key.jwk',
    )
    .action((options: ImportOptions) =>
      cli.run(
        options,
        async (deps) => ({
          imported: await importSigningKey(deps, {
            jwk: readJwk(options.file),
            toVerify: options.verifyOnly,
          }),
          at: deps.clock.now(),
        }),
        ({ imported, at }) => present([imported], at),
        ({ imported, at }) => toJson(imported, at),
      ),
    );

  key
    .command('remove')
    .description('withdraw a retired key, so that nothing it signed is accepted any more')
    .argument('<kid>', 'the id of the key, see `key list`')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nFor a key that others know, in this order:\n  latchkey key rotate --alg RS256 --now\n  latchkey key remove <kid>',
    )
    .action((kid: string, options: { readonly json?: boolean }) =>
      cli.run(
        options,
        (deps) => removeSigningKey(deps, kid),
        (removed) => `Removed ${removed.kid}. Applications forget it when they ask for the keys again.`,
        (removed) => ({ kid: removed.kid, removed: true }),
      ),
    );
}

/** @throws {DomainError} `invalid_input` naming the file */
function readJwk(file: string): JsonWebKey {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Told below.
  }
  const detail = `${file} cannot be read, or is not one JSON object. Name a file with one private JSON Web Key.`;
  throw new DomainError('invalid_input', detail, [{ field: 'file', code: 'file_unusable', detail }]);
}

/** Any object may be a key; the reader of keys tells whether this one is. */
function isJsonObject(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const STATUS_TEXTS = { published: 'signs from', signing: 'signs since', retired: 'retired' } as const;

function present(keys: readonly SigningKey[], at: Date): string {
  return keys
    .map((key) => {
      const status = signingKeyStatus(key, at);
      const since = status === 'retired' ? key.retiredAt : key.signsFrom;
      return [
        key.algorithm.padEnd(5),
        key.kid,
        `made ${key.createdAt.toISOString()}`,
        `${STATUS_TEXTS[status]} ${since?.toISOString() ?? ''}`,
        ...(status === 'signing' && key.retiredAt ? [`until ${key.retiredAt.toISOString()}`] : []),
      ].join('  ');
    })
    .join('\n');
}

function toJson(key: SigningKey, at: Date) {
  return {
    kid: key.kid,
    alg: key.algorithm,
    status: signingKeyStatus(key, at),
    created_at: key.createdAt.toISOString(),
    signs_from: key.signsFrom.toISOString(),
    retired_at: key.retiredAt?.toISOString() ?? null,
  };
}
