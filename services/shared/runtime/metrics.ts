import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  type MetricSpec,
  metricCatalogue,
} from './metric-catalogue';

/** The process's metrics: only what the catalogue names, only with its labels. Call once a batch. */
export interface Metrics {
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  set<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void;
  /** Removes one series, of a partition this process no longer owns. */
  forget<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>): void;
  /** Values in seconds. */
  observe<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, seconds: number): void;
  /** The text that Prometheus scrapes. */
  text(): Promise<string>;
  readonly contentType: string;
}

type Instrument = Counter | Gauge | Histogram;

/** A registry of its own with every metric of the catalogue and prom-client's process metrics, all
 *  labelled with the service's name. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const instruments = new Map<MetricName, Instrument>();
  for (const [name, spec] of Object.entries(metricCatalogue) as [MetricName, MetricSpec][]) {
    instruments.set(name, instrumentOf(name, spec, registry));
  }
  return {
    count: (name, labels, by = 1) => (instruments.get(name) as Counter).inc({ ...labels }, by),
    set: (name, labels, value) => (instruments.get(name) as Gauge).set({ ...labels }, value),
    forget: (name, labels) => (instruments.get(name) as Gauge).remove({ ...labels }),
    observe: (name, labels, seconds) =>
      (instruments.get(name) as Histogram).observe({ ...labels }, seconds),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function instrumentOf(name: string, spec: MetricSpec, registry: Registry): Instrument {
  const common = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
  if (spec.type === 'counter') return new Counter(common);
  if (spec.type === 'gauge') return new Gauge(common);
  return new Histogram({ ...common, ...(spec.buckets && { buckets: [...spec.buckets] }) });
}
