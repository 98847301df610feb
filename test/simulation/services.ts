import { noBreaker } from '../../services/cleaner/breaker';
import { createCleanerStage } from '../../services/cleaner/stage';
import { createInterestsStage } from '../../services/interests/stage';
import { createPipeline, type PipelineSettings } from '../../services/metrics/pipeline';
import { createMetricsStage } from '../../services/metrics/stage';
import type { Event } from '../../services/shared/domain/event';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import type { Tenant } from '../../services/shared/domain/tenant';
import type { TrafficRule } from '../../services/shared/domain/traffic-rules';
import type { Window } from '../../services/shared/domain/window';
import type { Codec } from '../../services/shared/runtime/codec';
import type { OutgoingMessage } from '../../services/shared/runtime/publisher';
import type { Stage } from '../../services/shared/runtime/stage';
import { cleanedKeys, rawKeys, type Topics } from '../../services/shared/runtime/topics';
import {
  createWindowsStore,
  createWindowVersions,
} from '../../services/shared/stores/clickhouse/windows-store';
import { createClaims } from '../../services/shared/stores/redis/claims';
import { createTagWriter } from '../../services/shared/stores/redis/tag-writer';
import { FakeRows } from '../support/fakes/ledger';
import { fakeOrderMemory } from '../support/fakes/order-memory';
import type { Bug } from './bugs';
import type { Host } from './host';
import type { KafkaLog } from './kafka-log';
import { type KeyValues, redisFor } from './redis';
import { scriptTwins } from './scripts';
import type { Table, TableOptions } from './table';
import { clickHouseFor, recomputing } from './window-statements';

/** The servers, and what the services know of the business. */
export interface Servers {
  readonly topics: Topics;
  readonly log: KafkaLog;
  readonly store: KeyValues;
  readonly table: Table;
  readonly codecs: { readonly raw: Codec<Event>; readonly judged: Codec<JudgedEvent> };
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly reach: Pick<TableOptions, 'zones' | 'lookBackMs' | 'conversionWindowMs'>;
  readonly now: () => number;
  readonly bug: Bug;
  /** Told whatever a service logs as an error: there is nothing here that it should. */
  readonly complain: (what: string) => void;
}

/** What a service's main.ts hands to its consumer. */
export interface Running {
  readonly stage: Stage;
  readonly topics: readonly string[];
  readonly commit: 'processed' | 'marked';
  readonly onDrained?: () => Promise<void>;
}

export const claimWindowMs = 7 * 86_400_000;
const profileTtlMs = 90 * 86_400_000;

export function cleanerOn(host: Host, servers: Servers, rules: readonly TrafficRule[]): Running {
  const { topics, store, codecs, tenants, bug } = servers;
  const rawTopics = rawKeys.map((key) => topics[key]);
  const server = redisFor(host, store, { ...scriptTwins, ...bug.scripts });
  const claims = createClaims({
    ...server,
    topics: rawTopics,
    windowMs: claimWindowMs,
    bucketsPerDay: 2,
  });
  const stage = createCleanerStage({
    raw: codecs.raw,
    review: codecs.judged,
    claims: bug.claims?.(host, store) ?? claims,
    breaker: noBreaker,
    // No tenant here judges orders.
    orders: fakeOrderMemory(),
    law: { tenants, rules, weightsVersion: 1 },
    publish: publisherOn(host, servers),
    encode: codecs.judged.encode,
    topics,
    timed: host.timed,
    metrics: nothing,
  });
  return { stage, topics: [...rawTopics, topics.review], commit: 'processed' };
}

export function interestsOn(host: Host, servers: Servers): Running {
  const { topics, store, codecs, now, bug } = servers;
  const server = redisFor(host, store, { ...scriptTwins, ...bug.scripts });
  const stage = createInterestsStage({
    codec: codecs.judged,
    tags: createTagWriter({ ...server, ttlMs: profileTtlMs }),
    topics,
    clock: { now },
    timed: host.timed,
    metrics: nothing,
    log: complaining(servers),
  });
  const wrapped = bug.interests?.(stage, codecs.judged) ?? stage;
  return { stage: wrapped, topics: [topics.clean], commit: 'processed' };
}

export interface Watchers {
  readonly mark: (topic: string, partition: number, nextOffset: number) => void;
  readonly onFatal: (error: Error) => void;
}

const tickMs = 200;

const settings: PipelineSettings = {
  ...{ flushRows: 6, lingerMs: 500, idleMs: 200, maxRows: 10, maxBytes: 1_000_000 },
  paces: {
    channel_1m: { everyMs: 300, restFactor: 1, idleEveryMs: 300 },
    funnel_1h: { everyMs: 1500, restFactor: 1, idleEveryMs: 300 },
  },
  ...{ maxWindows: 4, lookBackMs: 72 * 3_600_000, stuckEveryMs: 60_000 },
  // A wait of one millisecond has no room for chance.
  ...{ retryBaseMs: 1, retryMaxMs: 1, noProgressMs: 60_000 },
};

export function metricsOn(host: Host, servers: Servers, { mark, onFatal }: Watchers): Running {
  const { topics, table, codecs, now, bug } = servers;
  const publish = publisherOn(host, servers);
  const pipeline = createPipeline({
    events: {
      begin: () => new FakeRows(),
      async insert({ rows }: FakeRows) {
        await host.call(`insert ${rows.length} rows`, () =>
          bug.insert === undefined ? table.insert(rows) : bug.insert(table, rows),
        );
        return [];
      },
    },
    windows: windowsOn(host, servers),
    stuck: { list: async () => [], setAside, mended: async () => {} },
    deadLetters: {
      publish: (letter) =>
        publish(topics.deadLetter, letter.source.partition, [
          { key: null, value: codecs.judged.encode(letter) },
        ]),
    },
    codec: codecs.judged,
    mark: ({ topic, partition, nextOffset }) => mark(topic, partition, nextOffset),
    onFatal,
    settings,
    clock: { now },
    timed: host.timed,
    metrics: nothing,
    log: { ...complaining(servers), warn() {}, info() {} },
  });
  host.every(tickMs, pipeline.tick);
  return {
    stage: createMetricsStage({
      codec: codecs.judged,
      intake: pipeline.intake,
      sources: [...rawKeys, 'review' as const].map((key) => topics[key]),
      timed: host.timed,
      metrics: nothing,
      log: complaining(servers),
    }),
    topics: cleanedKeys.map((key) => topics[key]),
    commit: 'marked',
    onDrained: () => pipeline.drain(new AbortController().signal),
  };
}

function windowsOn(host: Host, { table, reach, bug }: Servers) {
  const statements = bug.recomputing?.(table) ?? recomputing(table);
  const clickhouse = clickHouseFor(host, table, statements);
  const versions = createWindowVersions({ clickhouse, onClock: () => {} });
  const store = createWindowsStore({ ...reach, clickhouse, versions });
  return {
    touched: (name: 'channel_1m' | 'funnel_1h', facts: Parameters<Table['touched']>[1]) =>
      host.call(
        `touched ${name}`,
        () => bug.touched?.(table, name, facts) ?? table.touched(name, facts),
      ),
    recompute: store.recompute,
  };
}

async function setAside(name: string, { tenant, start }: Window, error: string): Promise<void> {
  throw new Error(`${name} ${tenant}/${start} was to be set aside: ${error}`);
}

/** One request a partition, acknowledged by all replicas. */
function publisherOn(host: Host, { log, bug }: Servers) {
  return (topic: string, partition: number, messages: readonly OutgoingMessage[]) => {
    const send = (to: number, some: readonly OutgoingMessage[]) =>
      host.call(`publish ${some.length} to ${topic}/${to}`, () => log.append(topic, to, some));
    return (
      bug.publish?.(send, log.partitionsOf(topic).length, messages) ?? send(partition, messages)
    );
  };
}

function complaining({ complain }: Servers) {
  return { error: (...what: unknown[]) => complain(JSON.stringify(what)) };
}

const nothing = { count() {}, set() {}, observe() {} };
