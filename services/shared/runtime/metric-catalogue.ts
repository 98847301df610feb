import { ledgerMetrics } from './ledger-metrics';

/** Every metric there is: name, kind, sentence, label names. docs/METRICS.md is this table. Label
 *  values are members of closed sets (topics, partitions, outcomes, reasons, servers, stores, routes
 *  as declared): series never expire, so a value that comes from data would never stop growing. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The service that has it, or 'every'. */
  readonly by:
    | 'every'
    | 'consumers'
    | 'collector'
    | 'cleaner'
    | 'interests'
    | 'metrics'
    | 'insights';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

/** The promise is 0.3 s, so every histogram of time has a bucket there. */
const fastBuckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const;
const latencyBuckets = [
  0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1, 3, 10, 60, 600,
] as const;

export const metricCatalogue = {
  tributary_build_info: {
    type: 'gauge',
    by: 'every',
    help: 'Always 1; the labels say which service and version this process is.',
    labels: ['version', 'node'],
  },
  tributary_http_request_seconds: {
    type: 'histogram',
    by: 'every',
    help: 'Time to answer a request, by the route as declared and the status of the answer.',
    labels: ['method', 'route', 'status'],
    buckets: fastBuckets,
  },
  tributary_event_loop_stall_seconds: {
    type: 'gauge',
    by: 'every',
    help: 'Longest time the event loop stood still since the last scrape: in all (loop), at most by its own work (work), and in one pause of the garbage collector (gc).',
    labels: ['kind'],
  },
  tributary_store_seconds: {
    type: 'histogram',
    by: 'every',
    help: 'Time of one call to a server, by the server and what was asked of it.',
    labels: ['store', 'call'],
    buckets: fastBuckets,
  },
  tributary_store_errors_total: {
    type: 'counter',
    by: 'every',
    help: 'Calls to a server that failed and will be made again.',
    labels: ['store'],
  },
  tributary_consumer_batches_total: {
    type: 'counter',
    by: 'consumers',
    help: 'Batches whose stage has finished.',
    labels: ['topic'],
  },
  tributary_consumer_records_total: {
    type: 'counter',
    by: 'consumers',
    help: 'Records in batches whose stage has finished, redeliveries included.',
    labels: ['topic'],
  },
  tributary_consumer_commits_total: {
    type: 'counter',
    by: 'consumers',
    help: 'Offset commits, by result: committed, refused (the partition was lost) or failed.',
    labels: ['result'],
  },
  tributary_consumer_lag_records: {
    type: 'gauge',
    by: 'consumers',
    help: 'Records between the last finished one and the end of the partition.',
    labels: ['topic', 'partition'],
  },
  tributary_consumer_lag_seconds: {
    type: 'gauge',
    by: 'consumers',
    help: 'Age of the oldest unfinished record that is known, by its append time; 0 at the end.',
    labels: ['topic', 'partition'],
  },
  tributary_consumer_paused: {
    type: 'gauge',
    by: 'consumers',
    help: 'Partitions that wait, by the server they wait for, or pacing.',
    labels: ['group', 'reason'],
  },
  tributary_redis_state_lost: {
    type: 'gauge',
    by: 'consumers',
    help: '1 while Redis lacks what was written to it, so that nothing more is: run the rebuild.',
    labels: [],
  },
  tributary_consumer_retries_total: {
    type: 'counter',
    by: 'consumers',
    help: 'Batches given to the stage again after a passing failure, by the server that failed.',
    labels: ['reason'],
  },
  tributary_consumer_rebalances_total: {
    type: 'counter',
    by: 'consumers',
    help: 'Times the process joined its consumer group.',
    labels: ['group'],
  },
  tributary_consumer_partitions: {
    type: 'gauge',
    by: 'consumers',
    help: 'Partitions assigned to this process.',
    labels: ['group'],
  },
  tributary_foreign_records_total: {
    type: 'counter',
    by: 'consumers',
    help: "Records of the cleaner's topics that it did not write, by what showed it; left out.",
    labels: ['why'],
  },
  tributary_batch_seconds: {
    type: 'histogram',
    by: 'consumers',
    help: 'Time of one batch in one step of the stage; step stage is the whole.',
    labels: ['step'],
    buckets: fastBuckets,
  },
  tributary_publish_seconds: {
    type: 'histogram',
    by: 'every',
    help: 'Time until all replicas acknowledged one request to one partition.',
    labels: ['topic'],
    buckets: fastBuckets,
  },
  tributary_published_total: {
    type: 'counter',
    by: 'every',
    help: 'Records acknowledged by all replicas.',
    labels: ['topic'],
  },
  tributary_collector_requests_total: {
    type: 'counter',
    by: 'collector',
    help: 'Requests of the tracking API by the status of the answer.',
    labels: ['status'],
  },
  tributary_collector_events_total: {
    type: 'counter',
    by: 'collector',
    help: 'Items received: accepted, refused (kept as dead letters) or unacknowledged.',
    labels: ['result'],
  },
  tributary_collector_in_flight_bytes: {
    type: 'gauge',
    by: 'collector',
    help: 'Inflated request bytes being handled; over the bound the collector answers 429.',
    labels: [],
  },
  tributary_collector_refusals_total: {
    type: 'counter',
    by: 'collector',
    help: 'Requests that were refused as a whole (400), by what was wrong; they leave no record.',
    labels: ['error'],
  },
  tributary_collector_limited_total: {
    type: 'counter',
    by: 'collector',
    help: 'Requests put off (429) by limit: key, refused (events of a key), address, refusals (of an address) or in_flight.',
    labels: ['limit'],
  },
  tributary_events_total: {
    type: 'counter',
    by: 'cleaner',
    help: 'Raw records and decisions by outcome and reason, redeliveries included.',
    labels: ['outcome', 'reason'],
  },
  tributary_claim_store_bytes: {
    type: 'gauge',
    by: 'cleaner',
    help: 'Memory of the Redis that keeps the claims: used, and the limit; full, it refuses claims.',
    labels: ['of'],
  },
  tributary_import_paused: {
    type: 'gauge',
    by: 'cleaner',
    help: '1 while the import lane waits for the readers of the clean topic.',
    labels: [],
  },
  tributary_clean_lag_records: {
    type: 'gauge',
    by: 'cleaner',
    help: 'Records of the clean topic that the paced consumer group has not committed.',
    labels: [],
  },
  tributary_event_to_tag_seconds: {
    type: 'histogram',
    by: 'interests',
    help: "From the collector's receipt of an event to Redis' answer that its tags stand.",
    labels: ['lane'],
    buckets: latencyBuckets,
  },
  tributary_event_to_tag_skipped_total: {
    type: 'counter',
    by: 'interests',
    help: 'Times left out of tributary_event_to_tag_seconds: negative, or over an hour.',
    labels: ['lane'],
  },
  tributary_tags_applied_total: {
    type: 'counter',
    by: 'interests',
    help: 'Records applied to a user: one for each id of the record.',
    labels: [],
  },
  tributary_tags_skipped_total: {
    type: 'counter',
    by: 'interests',
    help: "Records at or below a user's watermark, or decisions at or below a kept version.",
    labels: [],
  },
  tributary_rows_inserted_total: {
    type: 'counter',
    by: 'metrics',
    help: 'Rows acknowledged by ClickHouse, replays included.',
    labels: ['table'],
  },
  tributary_rows_refused_total: {
    type: 'counter',
    by: 'metrics',
    help: 'Rows that ClickHouse refuses by themselves; each is written again as a dead letter.',
    labels: ['table'],
  },
  tributary_windows_dirty: {
    type: 'gauge',
    by: 'metrics',
    help: 'Windows that were touched and wait for recomputation.',
    labels: ['table'],
  },
  tributary_windows_recomputed_total: {
    type: 'counter',
    by: 'metrics',
    help: 'Windows recomputed from facts and replaced.',
    labels: ['table'],
  },
  tributary_windows_stuck: {
    type: 'gauge',
    by: 'metrics',
    help: 'Windows set aside after three failures; answers over them say stale.',
    labels: ['table'],
  },
  tributary_window_recompute_seconds: {
    type: 'histogram',
    by: 'metrics',
    help: 'Time to recompute and replace one set of touched windows.',
    labels: ['table'],
    buckets: fastBuckets,
  },
  tributary_window_clock_behind_seconds: {
    type: 'gauge',
    by: 'metrics',
    help: "How far the server's clock is below the highest stored window version; 0 is right.",
    labels: [],
  },
  ...ledgerMetrics,
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof metricCatalogue;
export const metricNames = Object.keys(metricCatalogue) as readonly MetricName[];

type NamesOf<Kind extends MetricSpec['type']> = {
  [Name in MetricName]: (typeof metricCatalogue)[Name]['type'] extends Kind ? Name : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;
/** One string for each label of the metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metricCatalogue)[Name]['labels'][number], string>
>;
