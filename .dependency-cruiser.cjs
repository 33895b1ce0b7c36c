/**
 * The rule of direction, as a tool checks it: see docs/architecture.md.
 *   main, cli → composition → http → provider → domain ← storage, security, mail
 */
const packageOnlyIn = (name, packages, folders) => ({
  name,
  comment: `${packages} may be imported only in ${folders}`,
  severity: 'error',
  from: { pathNot: folders },
  to: { path: `^node_modules/(@types/)?(${packages})/` },
});

const layerImportsOnly = (layer, allowed) => ({
  name: `${layer}-imports-only-inwards`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...allowed].join('|')})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-imports-only-itself-and-node',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/domain/', '^(node:)?[a-z_/]+$'], dependencyTypesNot: ['core'] },
    },
    layerImportsOnly('config', ['domain']),
    layerImportsOnly('storage', ['domain', 'observability']),
    layerImportsOnly('security', ['domain']),
    layerImportsOnly('mail', ['domain']),
    layerImportsOnly('upstream', ['domain']),
    layerImportsOnly('observability', ['domain']),
    layerImportsOnly('provider', ['domain', 'observability']),
    layerImportsOnly('http', ['provider', 'domain', 'observability']),
    {
      name: 'only-entry-points-use-composition',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|serve)\\.ts$|^src/(composition|cli)/' },
      to: { path: '^src/(main|serve)\\.ts$|^src/(composition|cli)/' },
    },
    packageOnlyIn('koa-only-in-http', 'koa|@koa/[^/]+|koa__router|ejs', '^src/http/'),
    packageOnlyIn('oidc-provider-only-in-provider', 'oidc-provider', '^src/provider/'),
    packageOnlyIn('sql-only-in-storage', 'knex|pg', '^src/storage/|^migrations/|^knexfile\\.ts$'),
    packageOnlyIn('ioredis-only-in-redis-storage', 'ioredis', '^src/storage/redis/'),
    packageOnlyIn('argon2-only-in-security', 'argon2', '^src/security/'),
    packageOnlyIn('webauthn-only-in-security', '@simplewebauthn/[^/]+', '^src/security/'),
    packageOnlyIn('nodemailer-only-in-mail', 'nodemailer', '^src/mail/'),
    packageOnlyIn('openid-client-only-in-upstream', 'openid-client|jose', '^src/upstream/'),
    packageOnlyIn('commander-only-in-cli', 'commander', '^src/cli/'),
    packageOnlyIn(
      'observability-packages-only-there',
      'pino|prom-client|@opentelemetry/[^/]+',
      '^src/observability/',
    ),
    {
      name: 'migrations-do-not-import-src',
      comment: 'A released migration never changes, so it must not follow code that does.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^src/' },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/storage/postgres/embedded' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
    },
  },
};
