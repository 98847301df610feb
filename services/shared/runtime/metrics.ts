import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { watchLoop } from './loop-stall';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  type MetricSpec,
  metricCatalogue,
  metricNames,
} from './metric-catalogue';
import { projectRoot } from './root';
import { groupNames } from './topics';

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

/** A registry of its own, labelled with the service's name: prom-client's process metrics, those of
 *  the catalogue that this service has, and any other from its first use on. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const instruments = new Map<MetricName, Instrument>();
  const get = (name: MetricName): Instrument => {
    const known = instruments.get(name);
    if (known !== undefined) return known;
    const made = instrumentOf(name, metricCatalogue[name], registry);
    instruments.set(name, made);
    return made;
  };
  for (const name of namesOf(service)) get(name);
  const loop = watchLoop();
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  (get('tributary_build_info') as Gauge).set({ version, node: process.version }, 1);
  return {
    count: (name, labels, by = 1) => (get(name) as Counter).inc({ ...labels }, by),
    set: (name, labels, value) => (get(name) as Gauge).set({ ...labels }, value),
    forget: (name, labels) => (get(name) as Gauge).remove({ ...labels }),
    observe: (name, labels, seconds) => (get(name) as Histogram).observe({ ...labels }, seconds),
    text() {
      const stall = get('tributary_event_loop_stall_seconds') as Gauge;
      for (const [kind, seconds] of Object.entries(loop.take())) stall.set({ kind }, seconds);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** What a service has from its start, so that a counter stands at 0 before its first event. */
function namesOf(service: string): readonly MetricName[] {
  const groups: readonly string[] = groupNames;
  return metricNames.filter((name) => {
    const { by } = metricCatalogue[name];
    return by === 'every' || by === service || (by === 'consumers' && groups.includes(service));
  });
}

function instrumentOf(name: string, spec: MetricSpec, registry: Registry): Instrument {
  const common = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
  if (spec.type === 'counter') return new Counter(common);
  if (spec.type === 'gauge') return new Gauge(common);
  return new Histogram({ ...common, ...(spec.buckets && { buckets: [...spec.buckets] }) });
}
