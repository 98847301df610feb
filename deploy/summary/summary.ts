import { type Histogram, histogramsBy, quantile } from '../../services/shared/domain/histogram';
import type { ReplayReport } from '../replay/replay';
import {
  ask,
  type ChannelRow,
  type FunnelRow,
  type Ledger,
  type Parameters,
  type Rows,
} from './api';
import { sumOfDecimals } from './money';
import type { ProcessUsage } from './processes';

export interface Percentiles {
  readonly events: number;
  /** Seconds; null where there was no event. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface Throughput {
  readonly events: number;
  /** From the first request until everything could be queried. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly cpuSeconds: number;
  readonly eventsPerCpuSecond: number;
}

/** What `--summary` writes. Amounts are decimal strings. */
export interface Summary {
  readonly replay: ReplayReport | null;
  readonly ledger: Pick<Ledger, 'accepted' | 'outcomes' | 'reasons' | 'unaccounted' | 'doubled'>;
  readonly funnel: {
    /** Sessions in order, without a time limit. */
    readonly sessions: FunnelRow['steps'];
    /** Users in order, within 24 hours of the first step. */
    readonly usersWithin24h: FunnelRow['steps'];
  };
  readonly channels: readonly ChannelRow[];
  readonly orders: number;
  readonly revenue: readonly { readonly currency: string; readonly amount: string }[];
  /** From the collector's receipt to Redis' answer that the tags stand, by lane. */
  readonly receiptToTag: Readonly<Record<string, Percentiles>>;
  readonly throughput: Throughput | null;
  readonly processes: readonly ProcessUsage[];
  /** Times a service ended by itself and was started again. */
  readonly restarts: Readonly<Record<string, number>>;
}

export interface SummarySources {
  /** Addresses of insights and of interests. */
  readonly insightsUrl: string;
  readonly interestsUrl: string;
  /** Whose channels and funnel are shown; the ledger is everybody's. */
  readonly tenant: string;
  readonly replay: ReplayReport | null;
  /** Seconds from the first request until everything could be queried. */
  readonly seconds: number;
  readonly processes: readonly ProcessUsage[];
  readonly restarts: Readonly<Record<string, number>>;
}

/** Asks the services as a user would, and puts the answers together. */
export async function summarize(sources: SummarySources): Promise<Summary> {
  const { insightsUrl: api, tenant, replay, processes, restarts } = sources;
  const { accepted, outcomes, reasons, unaccounted, doubled } = await ask<Ledger>(
    api,
    '/v1/ledger',
  );
  const total = { tenant, interval: 'total' };
  const channels = (await ask<Rows<ChannelRow>>(api, '/v1/channels', total)).rows;
  return {
    replay,
    ledger: { accepted, outcomes, reasons, unaccounted, doubled },
    funnel: {
      sessions: await funnelSteps(api, { ...total, by: 'session', windowHours: 'none' }),
      usersWithin24h: await funnelSteps(api, { ...total, by: 'user', windowHours: '24' }),
    },
    channels,
    orders: channels.reduce((sum, { orders }) => sum + orders, 0),
    revenue: revenueByCurrency(channels),
    receiptToTag: await receiptToTag(sources.interestsUrl),
    throughput: replay === null ? null : throughput(replay.accepted, sources),
    processes,
    restarts,
  };
}

async function funnelSteps(api: string, question: Parameters) {
  const parameters = { ...question, order: 'strict' };
  const { rows } = await ask<Rows<FunnelRow>>(api, '/v1/funnel', parameters);
  return rows[0]?.steps ?? [];
}

function revenueByCurrency(channels: readonly ChannelRow[]): Summary['revenue'] {
  const currencies = [...new Set(channels.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const rows = channels.filter((row) => row.currency === currency);
    return { currency, amount: sumOfDecimals(rows.map(({ revenue }) => revenue)) };
  });
}

async function receiptToTag(interestsUrl: string): Promise<Summary['receiptToTag']> {
  const page = await (await fetch(`${interestsUrl}/metrics`)).text();
  const byLane = histogramsBy('lane', 'tributary_event_to_tag_seconds', page);
  return Object.fromEntries([...byLane].map(([lane, histogram]) => [lane, percentiles(histogram)]));
}

function percentiles(histogram: Histogram): Percentiles {
  return {
    events: histogram.count,
    p50: quantile(0.5, histogram),
    p95: quantile(0.95, histogram),
    p99: quantile(0.99, histogram),
  };
}

function throughput(events: number, { seconds, processes }: SummarySources): Throughput {
  const cpuSeconds = processes.reduce((sum, process) => sum + process.cpuSeconds, 0);
  return {
    events,
    seconds,
    eventsPerSecond: events / seconds,
    cpuSeconds,
    eventsPerCpuSecond: events / cpuSeconds,
  };
}
