import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config/read-config.js';
import { VERSION } from '../../src/domain/version.js';
import { helm, type HelmResult } from '../support/helm.js';
import { validateManifest, type Manifest } from '../support/kubernetes-schemas.js';
import { PROJECT, SECRET_KEY } from '../support/server-process.js';

const CHART = path.join(PROJECT, 'charts/latchkey');
const ISSUER = 'https://id.example.com';
const MINIMAL = { issuer: ISSUER, secret: { existing: 'latchkey-secrets' } };
const CREATED = { create: true, databaseUrl: 'postgres://u:p@db/latchkey', secretKey: SECRET_KEY };
const EVERYTHING = {
  issuer: `${ISSUER}:8443`,
  image: {
    repository: 'registry.example.com/latchkey',
    digest: `sha256:${'a'.repeat(64)}`,
    pullPolicy: 'Always',
  },
  imagePullSecrets: [{ name: 'registry' }],
  secret: {
    ...CREATED,
    redisUrl: 'rediss+cluster://redis:6379',
    smtpUrl: 'smtps://u:p@mail:465',
    metricsToken: 'sixteen-characters',
  },
  config: { branding: { name: 'Example' }, scopes: [{ name: 'orders', description: 'See your orders' }] },
  mailFrom: 'Example <sign-in@example.com>',
  trustedProxies: ['10.0.0.0/8', 'fd00::/8'],
  drainSeconds: 20,
  extraEnv: [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector:4318' }],
  autoscaling: { enabled: true },
  serviceAccount: { annotations: { 'example.com/role': 'latchkey' } },
  service: { type: 'LoadBalancer', annotations: { 'example.com/internal': 'true' } },
  ingress: { enabled: true, className: 'nginx', annotations: { a: 'b' }, tlsSecret: 'tls' },
  networkPolicy: {
    enabled: true,
    ingressFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
    metricsFrom: [{ podSelector: { matchLabels: { app: 'prometheus' } } }],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 5432 }] }],
  },
  metrics: { enabled: true, serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
  ],
  priorityClassName: 'system-cluster-critical',
  podAnnotations: { 'example.com/scraped': 'no' },
  podLabels: { team: 'identity' },
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-chart-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function withValues(command: readonly string[], values: object): Promise<HelmResult> {
  const file = path.join(folder, 'values.yaml');
  // JSON is YAML, and leaves nothing open: to Helm a plain `no` is false.
  await writeFile(file, JSON.stringify(values));
  return helm(...command, '--values', file);
}

async function render(values: object, ...options: readonly string[]): Promise<readonly Manifest[]> {
  const { exitCode, stdout, stderr } = await withValues(['template', 'one', CHART, ...options], values);
  if (exitCode !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => {
      if (document.errors[0]) throw document.errors[0];
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}

function one(manifests: readonly Manifest[], kind: string, suffix = 'latchkey') {
  const found = manifests.find(
    (manifest) => manifest.kind === kind && manifest.metadata.name.endsWith(suffix),
  );
  if (found === undefined) throw new Error(`There is no ${kind} …${suffix}.`);
  return found as Manifest & { readonly spec: Spec; readonly data: Readonly<Record<string, string>> };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly [member: string]: unknown;
}

interface Spec {
  readonly template: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec };
  readonly [member: string]: unknown;
}

interface PodSpec {
  readonly containers: readonly [Container];
  readonly [member: string]: unknown;
}

function environmentOf({ spec }: { readonly spec: Spec }): Readonly<Record<string, string>> {
  const [{ env }] = spec.template.spec.containers;
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

const CASES: readonly (readonly [string, object])[] = [
  ['the fewest values', MINIMAL],
  ['everything', EVERYTHING],
  [
    'a Secret of its own with a key that is made up',
    { issuer: ISSUER, secret: { create: true, databaseUrl: 'postgres://db/x', generateSecretKey: true } },
  ],
  [
    'nothing that can be left out',
    {
      ...MINIMAL,
      serviceAccount: { create: false },
      podDisruptionBudget: { enabled: false },
      migrations: { enabled: false },
    },
  ],
];

describe('the chart', () => {
  test('is of the version of the program', async () => {
    expect(parse(await readFile(path.join(CHART, 'Chart.yaml'), 'utf8'))).toMatchObject({
      appVersion: VERSION,
      version: VERSION,
    });
  });

  test.each(CASES)('passes Helm’s own lint with %s', async (_name, values) => {
    const { exitCode, stdout } = await withValues(['lint', CHART, '--strict'], values);
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('0 chart(s) failed') as string,
    });
  });

  test.each(CASES)(
    'renders what Kubernetes’ schemas allow, and nothing that they do not know, with %s',
    async (_name, values) => {
      const manifests = await render(values);

      for (const manifest of manifests) validateManifest(manifest);
      const named = manifests.map(({ kind, metadata: { name } }) => `${kind} ${name}`);
      expect(new Set(named).size).toBe(named.length);
    },
  );

  test('renders every kind when everything is on, and few when little is', async () => {
    const kinds = async (values: object) => (await render(values)).map(({ kind }) => kind).sort();

    expect(await kinds(MINIMAL)).toEqual([
      'Deployment',
      'Job',
      'Pod',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
    expect(await kinds(EVERYTHING)).toEqual([
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'Job',
      'NetworkPolicy',
      'Pod',
      'PodDisruptionBudget',
      'Secret',
      'Service',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
  });
});

describe('the pods', () => {
  test.each(['Deployment', 'Job', 'Pod'])(
    'of the %s are unprivileged, with a read-only root file system',
    async (kind) => {
      const manifest = one(await render(EVERYTHING), kind, '');
      const pod = kind === 'Pod' ? (manifest.spec as unknown as PodSpec) : manifest.spec.template.spec;

      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.containers[0].image).toBe(`registry.example.com/latchkey@sha256:${'a'.repeat(64)}`);
      expect(pod.containers[0].resources).toMatchObject({ limits: { memory: expect.any(String) as string } });
    },
  );

  test('have as long to end as the program takes', async () => {
    const deployment = one(await render(EVERYTHING), 'Deployment');

    expect(environmentOf(deployment).DRAIN_SECONDS).toBe('20');
    expect(deployment.spec.template.spec.terminationGracePeriodSeconds).toBe(50);
    expect(deployment.spec.template.spec.containers[0]).toMatchObject({
      livenessProbe: { httpGet: { path: '/healthz/live' } },
      readinessProbe: { httpGet: { path: '/healthz/ready' } },
    });
  });

  test('get settings that the program takes', async () => {
    for (const values of [MINIMAL, EVERYTHING]) {
      const manifests = await render(values);
      const contents: Record<string, string> = {
        'secret-key': SECRET_KEY,
        'database-url': CREATED.databaseUrl,
        'redis-url': EVERYTHING.secret.redisUrl,
        'smtp-url': EVERYTHING.secret.smtpUrl,
        'metrics-token': EVERYTHING.secret.metricsToken,
      };
      const config = readConfig({
        env: { NODE_ENV: 'production', ...environmentOf(one(manifests, 'Deployment')) },
        readFile: (file) =>
          file === '/etc/latchkey/latchkey.yaml'
            ? (one(manifests, 'ConfigMap').data['latchkey.yaml'] ?? '')
            : (contents[path.basename(file)] ?? ''),
        cwd: '/app',
      });

      expect(config).toMatchObject({
        mode: 'production',
        issuer: values.issuer,
        databaseUrl: CREATED.databaseUrl,
      });
      if (values === EVERYTHING)
        expect(config).toMatchObject({
          branding: { name: 'Example' },
          smtpUrl: EVERYTHING.secret.smtpUrl,
          trustedProxies: EVERYTHING.trustedProxies,
        });
    }
  });

  test('are made anew when the configuration or the chart’s Secret changes, and only then', async () => {
    const annotations = async (values: object) =>
      one(await render(values), 'Deployment').spec.template.metadata.annotations;
    const before = await annotations(EVERYTHING);
    const secret = { ...EVERYTHING.secret, redisUrl: 'redis://other:6379' };

    expect(await annotations({ ...EVERYTHING, replicaCount: 7 })).toEqual(before);
    expect(await annotations({ ...EVERYTHING, config: {} })).not.toEqual(before);
    expect(await annotations({ ...EVERYTHING, secret })).not.toEqual(before);
  });

  test('that serve are the only ones that the service, the policy and the budget choose', async () => {
    const manifests = await render(EVERYTHING);
    const selector = one(manifests, 'Service').spec.selector as Readonly<Record<string, string>>;
    const chosen = manifests.filter(({ kind, metadata, spec }) => {
      const labels =
        kind === 'Pod' ? metadata.labels : (spec as Partial<Spec> | undefined)?.template?.metadata.labels;
      return (
        labels !== undefined && Object.entries(selector).every(([name, value]) => labels[name] === value)
      );
    });

    expect(chosen.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(one(manifests, 'NetworkPolicy').spec.podSelector).toEqual({ matchLabels: selector });
    expect(one(manifests, 'PodDisruptionBudget').spec.selector).toEqual({ matchLabels: selector });
    expect(one(manifests, 'Deployment').spec.selector).toEqual({ matchLabels: selector });
  });
});

describe('the migration', () => {
  test('runs before an installation with a Secret that is there, and otherwise before upgrades', async () => {
    const hook = async (values: object) =>
      one(await render(values), 'Job', '').metadata.annotations?.['helm.sh/hook'];

    expect(await hook(MINIMAL)).toBe('pre-install,pre-upgrade');
    expect(await hook(EVERYTHING)).toBe('pre-upgrade');
    expect(one(await render(MINIMAL), 'Job', '').spec.template.spec.containers[0].args).toEqual(['migrate']);
  });
});

describe('the Secret', () => {
  test('is made only when asked, stays when the release goes, and holds what was given', async () => {
    const secret = one(await render(EVERYTHING), 'Secret');

    expect(secret.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    expect(
      Object.fromEntries(
        Object.entries(secret.data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
      ),
    ).toEqual({
      'database-url': CREATED.databaseUrl,
      'secret-key': SECRET_KEY,
      'redis-url': EVERYTHING.secret.redisUrl,
      'smtp-url': EVERYTHING.secret.smtpUrl,
      'metrics-token': EVERYTHING.secret.metricsToken,
    });
  });

  test('gets a key that is long enough when it is to be made up', async () => {
    const secret = { create: true, databaseUrl: 'postgres://db/x', generateSecretKey: true };
    const { data } = one(await render({ issuer: ISSUER, secret }), 'Secret');

    expect(Buffer.from(data['secret-key'] ?? '', 'base64').toString()).toMatch(/^[A-Za-z0-9]{48}$/);
  });
});

describe('the ingress', () => {
  test('is for the issuer’s host', async () => {
    const { spec } = one(await render(EVERYTHING), 'Ingress');

    expect(spec).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['id.example.com'], secretName: 'tls' }],
      rules: [{ host: 'id.example.com' }],
    });
  });
});

describe('wrong values are refused', () => {
  test.each([
    ['no issuer', { secret: MINIMAL.secret }, /issuer/],
    [
      'an issuer without https',
      { ...MINIMAL, issuer: 'http://id.example.com' },
      /issuer.*does not match pattern/s,
    ],
    ['an issuer with a path', { ...MINIMAL, issuer: `${ISSUER}/auth` }, /does not match pattern/],
    ['no Secret', { issuer: ISSUER }, /Name a Secret in secret\.existing, or set secret\.create/],
    ['two Secrets', { issuer: ISSUER, secret: { ...CREATED, existing: 'x' } }, /exclude each other/],
    [
      'a Secret without a key',
      { issuer: ISSUER, secret: { ...CREATED, secretKey: '' } },
      /secret\.secretKey is required/,
    ],
    [
      'a Secret without a database',
      { issuer: ISSUER, secret: { ...CREATED, databaseUrl: '' } },
      /secret\.databaseUrl is required/,
    ],
    ['a short key', { issuer: ISSUER, secret: { ...CREATED, secretKey: 'short' } }, /does not match pattern/],
    [
      'a value that is misspelt',
      { ...MINIMAL, replicas: 3 },
      /additional propert(y|ies) 'replicas' not allowed/i,
    ],
    ['a nested value that is misspelt', { ...MINIMAL, ingress: { enable: true } }, /'enable' not allowed/i],
    ['a number that is a text', { ...MINIMAL, replicaCount: '3' }, /replicaCount/],
    [
      'a monitor without metrics',
      { ...MINIMAL, metrics: { serviceMonitor: { enabled: true } } },
      /needs metrics\.enabled/,
    ],
  ])('%s', async (_name, values, message) => {
    const { exitCode, stderr } = await withValues(['template', 'one', CHART], values);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('validateManifest', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'x' },
    spec: { ports: [{ port: 80 }] },
  };

  test.each([
    ['a value of another kind', { ...service, spec: { ports: [{ port: '80 ' }] } }, /port/],
    [
      'a member that is not known',
      { ...service, spec: { ports: [{ port: 80, prot: 'TCP' }] } },
      /no spec\.ports\.0\.prot/,
    ],
    ['a kind that is not known', { ...service, kind: 'Servce' }, /no schema for v1 Servce/],
  ])('refuses %s', (_name, manifest, message) => {
    expect(() => validateManifest(service)).not.toThrow();
    expect(() => validateManifest(manifest)).toThrow(message);
  });
});
