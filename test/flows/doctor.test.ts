import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  createCertificateAuthority,
  writeCertificateFiles,
  type CertificateFiles,
} from '../support/certificate-authority.js';
import { runCommand } from '../support/cli.js';
import { describeBehindNginx, startNginx, type Nginx } from '../support/nginx.js';
import { launch, type ProductProcess } from '../support/server-process.js';
import { freePort, startServer, type TestServer } from '../support/server.js';

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly found: string;
  readonly remedy: string | null;
}

/** What the doctor says beside a server, and with which exit code. */
async function doctor(server: Pick<TestServer, 'env'>, env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = await runCommand({ ...server.env, ...env }, ['doctor', '--json']);
  if (stdout === '') throw new Error(`The doctor said nothing:\n${stderr}`);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  return { exitCode, findings, wrong: findings.filter(({ severity }) => severity !== 'ok') };
}

describeBehindNginx('the doctor behind nginx', () => {
  let folder: string;
  let files: CertificateFiles;
  let nginx: Nginx;
  let server: TestServer;
  let publicPort: number;

  let program: ProductProcess;

  /** Findings of a doctor that runs all the while. */
  const resident = async (): Promise<readonly Finding[]> => {
    const from = program.stdout().length;
    program.child.stdin.write('\n');
    const [line] = await program.printed(new RegExp(`(?<=^[^]{${from}}).*\n`));
    return JSON.parse(line) as readonly Finding[];
  };

  /** @param parts what is wrong with it; without any, it is as docs/behind-a-proxy.md has it */
  const site = ({
    listen = `listen ${publicPort} ssl;`,
    location = '/',
    target = `http://127.0.0.1:${server.port}`,
    host = 'proxy_set_header Host $http_host;',
    proto = 'proxy_set_header X-Forwarded-Proto $scheme;',
    address = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    buffers = 'proxy_buffer_size 16k; proxy_buffers 8 16k;',
    more = '',
  }: Readonly<Partial<Record<string, string>>> = {}): string => `
    server {
      ${listen}
      server_name localhost;
      ssl_certificate ${files.certificate};
      ssl_certificate_key ${files.key};
      location ${location} {
        proxy_pass ${target};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_redirect off;
        ${host} ${proto} ${address} ${buffers} ${more}
      }
    }`;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-doctor-'));
    files = await writeCertificateFiles(folder, await createCertificateAuthority());
    publicPort = await freePort();
    server = await startServer({
      env: {
        ISSUER: `https://localhost:${publicPort}`,
        TRUSTED_PROXIES: 'loopback',
        NODE_EXTRA_CA_CERTS: files.authority,
      },
    });
    nginx = await startNginx(site());
    program = launch('test/support/doctor-program.mjs', [], server.env);
  });

  afterAll(async () => {
    program.child.stdin.end();
    await program.ended;
    await nginx.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds nothing wrong where all is right', async () => {
    await nginx.configure(site());
    const { exitCode, findings, wrong } = await doctor(server);
    expect({ wrong, exitCode }).toEqual({ wrong: [], exitCode: 0 });
    expect(findings.map(({ code }) => code)).toEqual([
      'issuer.found',
      'proxy.path_kept',
      'proxy.host_kept',
      'proxy.scheme_kept',
      'proxy.client_address_kept',
      'proxy.cookies_kept',
      'proxy.buffers_fit',
      'proxy.redirects_kept',
      'issuer.certificate_valid',
      'clock.right',
      'database.usable',
      'migrations.applied',
      'secret_key.fits',
      'keys.ready',
      'outbox.empty',
      'logouts.told',
      'mail.shown',
    ]);
  });

  const mistakes: readonly (readonly [string, () => string, string, string])[] = [
    ['a lost scheme', () => site({ proto: '' }), 'proxy.scheme_lost', 'X-Forwarded-Proto $scheme;'],
    ['a lost host', () => site({ host: '' }), 'proxy.host_lost', 'proxy_set_header Host $http_host;'],
    [
      'a lost port',
      () => site({ host: 'proxy_set_header Host $host;' }),
      'proxy.port_lost',
      'proxy_set_header Host $http_host;',
    ],
    [
      'a path prefix that clients would have to know',
      () => site({ location: '/auth/', target: `http://127.0.0.1:${server.port}/` }),
      'proxy.path_prefix',
      'instead of location /auth/',
    ],
    [
      'a path prefix that the server would have to know',
      () => site({ target: `http://127.0.0.1:${server.port}/latchkey/` }),
      'proxy.path_prefix',
      'location / { proxy_pass http://127.0.0.1:3000; }',
    ],
    [
      'a double slash',
      () => site({ target: `http://127.0.0.1:${server.port}//` }),
      'proxy.double_slash',
      'proxy_pass http://127.0.0.1:3000;',
    ],
    [
      'buffers without room for cookies',
      () => site({ buffers: 'proxy_buffer_size 1k; proxy_buffers 4 1k; proxy_busy_buffers_size 2k;' }),
      'proxy.buffers_too_small',
      'proxy_buffer_size 16k;',
    ],
    [
      'cookies of another path',
      () => site({ more: 'proxy_cookie_path / /auth/;' }),
      'proxy.cookies_changed',
      'remove proxy_cookie_path',
    ],
    [
      'dropped cookies',
      () => site({ more: 'proxy_hide_header Set-Cookie;' }),
      'proxy.cookies_lost',
      'remove proxy_hide_header',
    ],
    [
      'plain http where the issuer is https',
      () => site({ listen: `listen ${publicPort};` }),
      'proxy.tls_missing',
      'listen PORT ssl;',
    ],
    [
      'https that leads to https',
      () =>
        site({
          more: 'if ($http_x_forwarded_proto != "https") { return 301 https://$http_host$request_uri; }',
        }),
      'proxy.redirect_loop',
      'Redirect only what came by http',
    ],
    [
      'an address that clients make up',
      () => site({ address: '' }),
      'proxy.client_address_forgeable',
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    ],
    [
      'an address that is not told',
      () => site({ address: 'proxy_set_header X-Forwarded-For "";' }),
      'proxy.client_address_lost',
      'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    ],
    [
      'redirects that are written anew',
      () => site({ more: 'proxy_redirect http:// https://;' }).replace('proxy_redirect off;', ''),
      'proxy.redirects_changed',
      'proxy_redirect off;',
    ],
    [
      'a server that is asked by https',
      () => site({ target: `https://127.0.0.1:${server.port}` }),
      'proxy.bad_gateway',
      'by plain http',
    ],
  ];

  it.each(mistakes)('names %s, and what to do', async (_, configuration, code, remedy) => {
    await nginx.configure(configuration());
    const wrong = (await resident()).filter(({ severity }) => severity !== 'ok');
    expect(wrong.map((finding) => finding.code)).toEqual([code]);
    expect(wrong[0]?.severity).toBe(code === 'proxy.scheme_lost' ? 'warning' : 'error');
    expect(wrong[0]?.remedy).toContain(remedy.replace('PORT', String(publicPort)));
  });

  it('names a proxy that is not trusted, and a start says so in its log', async () => {
    await nginx.configure(site());
    const { TRUSTED_PROXIES: _, ...env } = server.env;
    const port = await freePort();
    const untrusting = await startServer({
      databaseUrl: server.databaseUrl,
      port,
      env: { ...env, PORT: String(port) },
    });
    await nginx.configure(site({ target: untrusting.url.replace('localhost', '127.0.0.1') }));
    const { exitCode, wrong } = await doctor(untrusting);
    expect(wrong.map(({ code }) => code)).toEqual(['proxy.untrusted']);
    expect(wrong[0]?.remedy).toContain('Set TRUSTED_PROXIES=loopback');
    expect(exitCode).toBe(1);

    const again = await freePort();
    await nginx.configure(site({ target: `http://127.0.0.1:${again}`, host: '' }));
    const warned = await startServer({
      databaseUrl: server.databaseUrl,
      port: again,
      env: { ...server.env, PORT: String(again) },
    });
    await warned.printed(/"level":40,[^\n]*"finding":"proxy\.host_lost"/);
    await Promise.all([untrusting.stop(), warned.stop()]);
  });

  it('ends with 1 when something does not work, and says what to do in words', async () => {
    await nginx.configure(site({ host: '' }));
    const { exitCode, stdout } = await runCommand(server.env, ['doctor']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^ERROR +proxy\.host_lost +Requests for localhost:\d+ arrive for 127\.0\.0\.1:\d+: /m,
    );
    expect(stdout).toContain(
      'proxy.host_lost:\n  Pass the host on as it was asked for: proxy_set_header Host $http_host;',
    );
  });

  it('names a certificate that this machine does not trust, and another deployment', async () => {
    await nginx.configure(site());
    const { NODE_EXTRA_CA_CERTS: _, ...env } = server.env;
    const distrusting = await doctor({ env });
    expect(distrusting.wrong.map(({ code }) => code)).toEqual(['issuer.certificate_untrusted']);

    const stranger = await doctor(server, { SECRET_KEY: 'Qx7vN2mK9bT4wZ8rL1pH6sD3fG5jA0cE' });
    expect(stranger.wrong.map(({ code }) => code)).toEqual(['issuer.another_deployment', 'secret_key.wrong']);
  });
});

it('tells every failure as a finding, of the configuration as well', async () => {
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const env = {
    PORT: String(ports[0]),
    SECRET_KEY: 'mYx3kq0Jb8vT5nRz1sWd7hGf2cLpE9uA',
    DATABASE_URL: `postgres://nobody:s3cret@127.0.0.1:${ports[1]}/nothing`,
    SMTP_URL: `smtp://127.0.0.1:${ports[2]}`,
    REDIS_URL: `redis://:s3cret@127.0.0.1:${ports[3]}`,
  };
  const { exitCode, wrong } = await doctor({ env });
  expect(wrong.map(({ code }) => code)).toEqual([
    'issuer.refused',
    'database.unusable',
    'mail.server_unreachable',
    'redis.unusable',
  ]);
  expect(wrong[1]?.remedy).toMatch(/^Start PostgreSQL, or correct the host and port in DATABASE_URL\.$/);
  expect(JSON.stringify(wrong)).not.toContain('s3cret');
  expect(exitCode).toBe(1);

  const misconfigured = await doctor({ env: { ...env, LOG_LEVEL: 'loud' } });
  expect(misconfigured.wrong.map(({ code }) => code)).toEqual(['configuration.wrong']);
});
