import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type MetricSpec,
  metricCatalogue,
  metricNames,
} from '../../../../services/shared/runtime/metric-catalogue';
import { projectRoot } from '../../../../services/shared/runtime/root';

const specOf = (name: (typeof metricNames)[number]): MetricSpec => metricCatalogue[name];

/** The page, whole: what UPDATE_DOCS=1 writes. */
function metricsPage(): string {
  const rows = metricNames.map((name) => {
    const { type, labels, by, help } = specOf(name);
    const names = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${names} | ${by} | ${help} |`;
  });
  return `# Metrics

Every service answers \`GET /metrics\` with these and with the process metrics of prom-client
(\`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`nodejs_*\`). All carry the label
\`service\`. "consumers" are the cleaner, interests and metrics. Labels take values from closed sets
only: topics, partitions, outcomes and their reasons, servers, routes as declared.

This page is made from \`services/shared/runtime/metric-catalogue.ts\`; a test compares the two, and
\`UPDATE_DOCS=1 npx jest metric-catalogue\` writes it anew.

| metric | kind | labels | service | meaning |
|---|---|---|---|---|
${rows.join('\n')}

Histograms of time have a bucket at 0.3 s, the promise for a click to become a tag:
\`histogram_quantile(0.99, sum by (le, lane) (rate(tributary_event_to_tag_seconds_bucket[5m])))\`.
`;
}

test('docs/METRICS.md is the catalogue', () => {
  const file = join(projectRoot, 'docs', 'METRICS.md');
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, metricsPage());
  expect(readFileSync(file, 'utf8')).toBe(metricsPage());
});

test.each(metricNames.map((name) => [name, specOf(name)] as const))(
  '%s is named and bounded as Prometheus asks',
  (name, spec) => {
    expect(name).toMatch(/^tributary_[a-z]+(_[a-z0-9]+)*$/);
    expect(name).not.toMatch(/_(count|sum|bucket|ms|milliseconds|minutes|kib|mib)$/);
    expect(name.endsWith('_total')).toBe(spec.type === 'counter');
    if (spec.type === 'histogram') expect(name).toMatch(/_seconds$/);
    for (const label of spec.labels) {
      expect(label).not.toMatch(/^(le|quantile|service|job|instance|user.*|message.*|path|url)$/);
    }
    expect(spec.help).toMatch(/^[A-Z1].*\.$/);
  },
);

test('every histogram has a bucket at the promise of 0.3 s', () => {
  for (const name of metricNames) {
    const { type, buckets } = specOf(name);
    if (type === 'histogram')
      expect({ name, promised: buckets?.includes(0.3) }).toEqual({ name, promised: true });
  }
});
