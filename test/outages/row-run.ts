import { type Comparison, compare } from '../faults/compare';
import { untilDry } from '../faults/running';
import { aStream, send } from '../faults/stream';
import { nearestRank } from '../support/nearest-rank';
import type { OutageRow } from './outage-row';
import { type Probe, startProbe } from './probe';
import { everyService, type World } from './world';

/** A line of the table. */
export interface RowResult extends Comparison {
  readonly row: OutageRow;
  readonly seen: string;
  /** How long it lasted, and from its end to the time when no group had anything left to do. */
  readonly lastedMs: number;
  readonly caughtUpMs: number;
  /** Click to tag, milliseconds, before and meanwhile. */
  readonly normal: Delay;
  readonly meanwhile: Delay;
}

interface Delay {
  readonly clicks: number;
  readonly p50: number;
  readonly p99: number;
}

interface Outage {
  readonly clicks: readonly number[];
  readonly endedAt: number;
}

export interface RowOptions {
  readonly tenant: string;
  readonly seed: number;
  readonly lastsMs: number;
  /** Before it, to see what is normal. */
  readonly normalMs: number;
}

/** As many people as it takes for a stream that lasts so long, some dozen messages a person. */
export function paceOf(ms: number): { readonly people: number; readonly pauseMs: number } {
  return { people: Math.max(10, Math.round(ms / 250)), pauseMs: 150 };
}

export async function runRow(
  world: World,
  row: OutageRow,
  options: RowOptions,
): Promise<RowResult> {
  const { installation } = world;
  await Promise.all(everyService.map((service) => installation.running(service)[0]?.ready()));
  const probe = startProbe(world, options.tenant);
  try {
    return await runBeside(probe, world, row, options);
  } finally {
    // After a row that failed in the middle the next one would else never run dry.
    probe.giveUp();
  }
}

async function runBeside(
  probe: Probe,
  world: World,
  row: OutageRow,
  { tenant: name, seed, lastsMs, normalMs }: RowOptions,
): Promise<RowResult> {
  const { installation } = world;
  const tenant = installation.tenant(name);
  const { people, pauseMs } = paceOf(normalMs + lastsMs);
  const requests = aStream({ tenant, people, seed });
  const collectorUrl = () => installation.url('collector');
  const sending = send(requests, { tenant: name, collectorUrl, pauseMs });
  sending.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, normalMs));
  // A copy: clicks that are still on their way when it begins are of neither time.
  const normal = [...probe.lap()];
  const begun = Date.now();
  const more: string[] = [];
  let outage: Outage | undefined;
  const seen = await row.run(world, lastsMs, {
    ...{ tenant: name, seed },
    over: () => {
      outage = { clicks: [...probe.lap()], endedAt: Date.now() };
    },
    sent: (ids) => {
      for (const id of ids) more.push(id);
    },
  });
  // Clicks that are still on their way when it ends belong to it.
  const { clicks: meanwhile, endedAt } = outage ?? { clicks: probe.lap(), endedAt: Date.now() };
  const sent = await sending;
  await probe.stop();
  const dryAt = await untilDry(installation, 180_000);
  const messageIds = new Set([...sent, ...more, ...probe.messageIds]);
  const comparison = await compare(installation, {
    ...{ tenant, messageIds, refused: row.refused ?? [] },
  });
  return {
    ...{ ...comparison, row, seen },
    ...{ lastedMs: endedAt - begun, caughtUpMs: dryAt - endedAt },
    ...{ normal: delayOf(normal), meanwhile: delayOf(meanwhile) },
  };
}

function delayOf(ms: readonly number[]): Delay {
  return { clicks: ms.length, p50: nearestRank(ms, 0.5) ?? 0, p99: nearestRank(ms, 0.99) ?? 0 };
}

/** One line a row; what differs below it. */
export function lineOf(result: RowResult): string {
  const { row, seen, lastedMs, caughtUpMs, normal, meanwhile } = result;
  const { accepted, redelivered, lost, doubled, faults } = result;
  const line = [
    `${faults.length === 0 ? 'ok  ' : 'FAIL'}   ${row.name}: ${row.done}; ${seen}`,
    `lasted ${seconds(lastedMs)}, caught up ${seconds(caughtUpMs)} later`,
    `click to tag p50 ${normal.p50}, p99 ${normal.p99} ms before; p50 ${meanwhile.p50}, p99 ${meanwhile.p99} ms meanwhile (${meanwhile.clicks} clicks)${ratioOf(result)}`,
    `accepted ${accepted}  judged again ${redelivered}  lost ${lost}  doubled ${doubled}`,
  ].join('\n       ');
  return [line, ...faults.slice(0, 10).map((fault) => `       ! ${fault}`)].join('\n');
}

/** Where tags must not notice. */
function ratioOf({ row, normal, meanwhile }: RowResult): string {
  return row.leavesTags ? `, ${(meanwhile.p99 / Math.max(1, normal.p99)).toFixed(1)} times` : '';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
