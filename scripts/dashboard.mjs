// Writes the Grafana dashboard, docs/monitoring/dashboard.json, from the short list below.
//   node scripts/dashboard.mjs
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

const datasource = { type: 'prometheus', uid: '${datasource}' };
const selector = 'job=~"$job"';
const rate = (name, by, extra = '') =>
  `sum by (${by}) (rate(${name}{${selector}${extra}}[$__rate_interval]))`;
const quantile = (share) =>
  `histogram_quantile(${share}, sum by (le) (rate(latchkey_http_request_duration_seconds_bucket{${selector}}[$__rate_interval])))`;

/** Rows of panels: title, unit, queries with what each line is called. */
const ROWS = [
  [
    'Sign-ins and tokens',
    [
      ['Sign-ins', 'cps', [[rate('latchkey_sign_ins_total', 'method, outcome'), '{{method}} {{outcome}}']]],
      [
        'Refused sign-ins by reason',
        'cps',
        [[rate('latchkey_sign_ins_total', 'reason', ',outcome="failed"'), '{{reason}}']],
      ],
      [
        'Throttled attempts',
        'cps',
        [[`sum(rate(latchkey_throttled_attempts_total{${selector}}[$__rate_interval]))`, 'throttled']],
      ],
      [
        'Tokens issued by grant type',
        'cps',
        [[rate('latchkey_token_requests_total', 'grant_type', ',outcome="issued"'), '{{grant_type}}']],
      ],
      [
        'Token requests refused',
        'cps',
        [
          [
            rate('latchkey_token_requests_total', 'grant_type, outcome', ',outcome!="issued"'),
            '{{grant_type}} {{outcome}}',
          ],
        ],
      ],
      [
        'Events of the audit log',
        'cps',
        [[`topk(12, ${rate('latchkey_events_total', 'type')})`, '{{type}}']],
      ],
    ],
  ],
  [
    'Requests',
    [
      [
        'Requests by status',
        'reqps',
        [[rate('latchkey_http_request_duration_seconds_count', 'status'), '{{status}}']],
      ],
      [
        'Latency',
        's',
        [
          [quantile(0.5), 'half'],
          [quantile(0.95), '95 %'],
          [quantile(0.99), '99 %'],
        ],
      ],
      [
        '95 % by route',
        's',
        [
          [
            `topk(10, histogram_quantile(0.95, sum by (le, route) (rate(latchkey_http_request_duration_seconds_bucket{${selector}}[$__rate_interval]))))`,
            '{{route}}',
          ],
        ],
      ],
    ],
  ],
  [
    'Database and queues',
    [
      [
        'Connections',
        'short',
        [
          [`sum by (state) (latchkey_database_connections{${selector}})`, '{{state}}'],
          [`sum(latchkey_database_connections_max{${selector}})`, 'at most'],
          [`sum(latchkey_database_waiting_requests{${selector}})`, 'requests that wait'],
        ],
      ],
      [
        'Database answers',
        'short',
        [[`min by (instance) (latchkey_database_up{${selector}})`, '{{instance}}']],
      ],
      [
        'Batch lanes',
        'short',
        [
          [`sum by (lane) (latchkey_batch_lane_items{${selector}})`, '{{lane}} waiting'],
          [`sum by (lane) (latchkey_batch_lane_batches{${selector}})`, '{{lane}} under way'],
        ],
      ],
      ['Password hashes', 'short', [[`sum by (state) (latchkey_password_hashes{${selector}})`, '{{state}}']]],
      ['Mails', 'short', [[`max by (state) (latchkey_mails{${selector}})`, '{{state}}']]],
      ['Back-channel logouts', 'short', [[`max by (state) (latchkey_logouts{${selector}})`, '{{state}}']]],
    ],
  ],
  [
    'Keys and housekeeping',
    [
      [
        'Age of the signing keys',
        's',
        [[`max by (algorithm) (latchkey_signing_key_age_seconds{${selector}})`, '{{algorithm}}']],
      ],
      [
        'Signing keys',
        'short',
        [[`max by (algorithm, state) (latchkey_signing_keys{${selector}})`, '{{algorithm}} {{state}}']],
      ],
      [
        'Rows removed',
        'short',
        [
          [`sum by (task) (increase(latchkey_purged_rows_total{${selector}}[$__rate_interval]))`, '{{task}}'],
          [
            `sum by (task) (increase(latchkey_housekeeping_failures_total{${selector}}[$__rate_interval]))`,
            '{{task}} failed',
          ],
        ],
      ],
    ],
  ],
  [
    'Process',
    [
      [
        'Event loop lag',
        's',
        [[`max by (instance) (nodejs_eventloop_lag_p99_seconds{${selector}})`, '{{instance}} 99 %']],
      ],
      [
        'CPU',
        'percentunit',
        [
          [
            `sum by (instance) (rate(process_cpu_seconds_total{${selector}}[$__rate_interval]))`,
            '{{instance}}',
          ],
        ],
      ],
      [
        'Memory',
        'bytes',
        [
          [`sum by (instance) (process_resident_memory_bytes{${selector}})`, '{{instance}}'],
          [`sum by (instance) (nodejs_heap_size_used_bytes{${selector}})`, '{{instance}} heap'],
        ],
      ],
      ['Versions', 'short', [[`count by (version) (latchkey_build_info{${selector}})`, '{{version}}']]],
    ],
  ],
];

const WIDTH = 8;
const HEIGHT = 7;
const panels = [];
let y = 0;
for (const [title, charts] of ROWS) {
  panels.push({
    id: panels.length + 1,
    type: 'row',
    title,
    collapsed: false,
    panels: [],
    gridPos: { x: 0, y, w: 24, h: 1 },
  });
  y += 1;
  charts.forEach(([name, unit, queries], index) => {
    panels.push({
      id: panels.length + 1,
      type: 'timeseries',
      title: name,
      datasource,
      gridPos: { x: (index % 3) * WIDTH, y: y + Math.floor(index / 3) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: {
        defaults: { unit, min: 0, custom: { fillOpacity: 8, showPoints: 'never' } },
        overrides: [],
      },
      options: {
        legend: { displayMode: 'list', placement: 'bottom' },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
      targets: queries.map(([expr, legendFormat], line) => ({
        refId: String.fromCharCode(65 + line),
        datasource,
        expr,
        legendFormat,
      })),
    });
  });
  y += Math.ceil(charts.length / 3) * HEIGHT;
}

const dashboard = {
  title: 'Latchkey',
  uid: 'latchkey',
  tags: ['latchkey'],
  schemaVersion: 39,
  editable: true,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      {
        name: 'job',
        label: 'Job',
        type: 'query',
        datasource,
        query: { query: 'label_values(latchkey_build_info, job)', refId: 'job' },
        includeAll: true,
        multi: true,
        allValue: '.*',
        refresh: 2,
      },
    ],
  },
  panels,
};

const target = path.resolve(import.meta.dirname, '../docs/monitoring/dashboard.json');
await writeFile(target, `${JSON.stringify(dashboard, undefined, 2)}\n`);
