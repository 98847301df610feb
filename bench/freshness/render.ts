import type { ProcessUsage } from '../../deploy/summary/processes';
import { alignedTable, count, decimal } from '../../deploy/summary/table';
import { type Histogram, quantile } from '../../services/shared/domain/histogram';
import { Latencies } from '../measure/latencies';
import type { Click } from './probe';
import { above, highestBound } from './services-own';

export interface Freshness {
  readonly clicks: readonly Click[];
  readonly own: Histogram;
  readonly seconds: number;
  readonly processes: readonly ProcessUsage[];
}

const worstShown = 5;

export function freshnessLines({ clicks, own, seconds, processes }: Freshness): readonly string[] {
  const rate = Math.round(own.count / seconds);
  return [
    `Click to tag, ${decimal(seconds / 60, 1)} minutes, ${count(rate)} tagged events/s`,
    ...alignedTable(
      ['ms', 'events', 'p50', 'p95', 'p99', 'max', 'above 300 ms', 'above 1 s'],
      [probeRow(clicks), ownRow(own)],
    ),
    ...missing(clicks),
    `slowest: ${worst(clicks)}`,
    '',
    ...processLines(processes, seconds),
  ];
}

function probeRow(clicks: readonly Click[]): readonly string[] {
  const times = new Latencies();
  for (const { tookMs } of clicks) if (tookMs !== null) times.add(tookMs);
  return [
    'seen from outside',
    count(times.count),
    ...[0.5, 0.95, 0.99].map((q) => milliseconds(times.quantile(q))),
    milliseconds(times.max),
    count(times.above(300)),
    count(times.above(1000)),
  ];
}

function ownRow(own: Histogram): readonly string[] {
  const highest = highestBound(own);
  return [
    "by interests' histogram",
    count(own.count),
    ...[0.5, 0.95, 0.99].map((q) => inMilliseconds(quantile(q, own))),
    highest === null ? '-' : `<= ${inMilliseconds(highest)}`,
    count(above(0.3, own)),
    count(above(1, own)),
  ];
}

function missing(clicks: readonly Click[]): readonly string[] {
  const lost = clicks.filter(({ tookMs }) => tookMs === null).length;
  return lost === 0 ? [] : [`NOT THERE after a minute: ${lost}`];
}

/** When the slowest were, so that they can be found in logs. */
function worst(clicks: readonly Click[]): string {
  const slowest = [...clicks].sort((a, b) => (b.tookMs ?? 0) - (a.tookMs ?? 0));
  const shown = slowest.slice(0, worstShown).map(({ at, tookMs }) => {
    const time = new Date(at).toISOString().slice(11, 23);
    return `${time} ${milliseconds(tookMs)} ms`;
  });
  return shown.join(', ');
}

function processLines(processes: readonly ProcessUsage[], seconds: number): readonly string[] {
  if (processes.length === 0) return ['no processes found: --folder says where npm start runs'];
  const rows = [...processes, totalOf(processes)].map(({ name, cpuSeconds, residentBytes }) => [
    name,
    decimal((100 * cpuSeconds) / seconds, 1),
    count(Math.round(residentBytes / 2 ** 20)),
  ]);
  return alignedTable(['process', '% of a core', 'resident MB'], rows);
}

function totalOf(processes: readonly ProcessUsage[]): ProcessUsage {
  const sum = (of: 'cpuSeconds' | 'residentBytes') =>
    processes.reduce((total, one) => total + one[of], 0);
  return { name: 'all', cpuSeconds: sum('cpuSeconds'), residentBytes: sum('residentBytes') };
}

function inMilliseconds(seconds: number | null): string {
  return milliseconds(seconds === null ? null : seconds * 1000);
}

function milliseconds(ms: number | null): string {
  return ms === null ? '-' : decimal(ms, 1);
}
