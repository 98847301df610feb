import {
  type MetricName,
  type MetricSpec,
  metricCatalogue,
} from '../../services/shared/runtime/metric-catalogue';
import { createMetrics, type Metrics } from '../../services/shared/runtime/metrics';

/** What /metrics of a service answers where each metric has been counted once. */
export async function exposition(service: string): Promise<string> {
  const metrics = createMetrics(service);
  for (const [name, spec] of Object.entries(metricCatalogue)) touch(metrics, name, spec);
  return metrics.text();
}

/** The lines of the project's own metrics; those of Node itself are prom-client's to name. */
export function ownLines(text: string): string {
  const lines = text.split('\n').filter((line) => /^(# (HELP|TYPE) )?tributary_/.test(line));
  return `${lines.join('\n')}\n`;
}

/** Every name that a query can ask for: of a histogram its three. */
export function queryableNames(text: string): Set<string> {
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

function touch(metrics: Metrics, name: string, { type, labels }: MetricSpec): void {
  const values = Object.fromEntries(labels.map((label) => [label, 'some']));
  const call =
    type === 'counter' ? metrics.count : type === 'gauge' ? metrics.set : metrics.observe;
  (call as (name: MetricName, labels: object, value: number) => void)(
    name as MetricName,
    values,
    1,
  );
}
