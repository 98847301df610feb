import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessUsage } from '../../deploy/summary/processes';
import { type Point, slopeOf } from '../measure/slope';
import type { Bed } from './bed';
import type { LoadPlan, LoadReport } from './load';
import { runLoad } from './load-process';

export interface Measured extends LoadReport {
  readonly eventsEach: number;
  readonly eventsPerSecond: number;
  /** Asked for; null where the clients sent as fast as they were answered. */
  readonly offered: number | null;
  /** CPU time an acknowledged event, microseconds. */
  readonly collectorMicros: number;
  readonly kafkaMicros: number;
  readonly senderMicros: number;
  /** Resident memory of the collector, bytes: the most, and how much it grew a minute in the second
   *  half of the run. */
  readonly residentBytes: number;
  readonly growthPerMinute: number | null;
  /** Records that the logs of the raw topics grew by. */
  readonly recorded: number;
}

export interface Load {
  readonly eventsEach: number;
  readonly seconds: number;
  readonly connections: number;
  /** Null: as fast as it goes. */
  readonly offered: number | null;
}

/** One line a minute of a long run. */
export interface Minute {
  readonly minute: number;
  readonly eventsPerSecond: number;
  readonly residentBytes: number;
}

/** Sends a load from a process of its own and measures what it costs, from outside. Throws where an
 *  acknowledged event is not in Kafka. */
export async function measure(
  bed: Bed,
  load: Load,
  everyMinute: (minute: Minute) => void = () => {},
): Promise<Measured> {
  const before = await bed.recorded();
  bed.meter.mark();
  const resident: Point[] = [];
  const watch = watching(bed, resident, everyMinute);
  const report = await runLoad(planOf(bed, load), ({ acknowledged }) => watch(acknowledged));
  const usage = bed.meter.usage();
  const recorded = await recordedAtRest(bed, before);
  if (bed.restarts() > 0) throw new Error('the collector ended and was started again');
  assertNothingLost(report, recorded);
  const micros = (seconds: number) => (seconds * 1e6) / report.acknowledged;
  const half = resident.slice(Math.floor(resident.length / 2));
  const slope = slopeOf(half);
  return {
    ...report,
    eventsEach: load.eventsEach,
    eventsPerSecond: report.acknowledged / report.seconds,
    offered: load.offered,
    collectorMicros: micros(usageOf('collector', usage).cpuSeconds),
    kafkaMicros: micros(usageOf('kafka', usage).cpuSeconds),
    senderMicros: micros(report.cpuSeconds),
    residentBytes: Math.max(...resident.map(({ y }) => y), 0),
    growthPerMinute: slope === null ? null : slope * 60,
    recorded,
  };
}

function planOf(bed: Bed, { offered, ...load }: Load): LoadPlan {
  const run = randomBytes(4).toString('hex');
  const where = { host: '127.0.0.1', port: bed.port, writeKey: 'demo-write-key' };
  return { ...where, ...load, run, eventsPerSecond: offered };
}

/** Told each second how many events were acknowledged so far. */
function watching(bed: Bed, resident: Point[], everyMinute: (minute: Minute) => void) {
  let ofLastMinute = 0;
  return (acknowledged: number): void => {
    const { residentBytes } = usageOf('collector', bed.meter.usage());
    resident.push({ x: resident.length, y: residentBytes });
    if (resident.length % 60 !== 0) return;
    const eventsPerSecond = (acknowledged - ofLastMinute) / 60;
    ofLastMinute = acknowledged;
    everyMinute({ minute: resident.length / 60, eventsPerSecond, residentBytes });
  };
}

function usageOf(name: string, all: readonly ProcessUsage[]): ProcessUsage {
  const found = all.find((one) => one.name === name);
  return found ?? { name, cpuSeconds: Number.NaN, residentBytes: 0 };
}

/** What nobody waits for any longer may still be written: until the collector has nothing left. */
async function recordedAtRest(bed: Bed, before: number): Promise<number> {
  while ((await bed.inFlightBytes()) > 0) await sleep(200);
  return (await bed.recorded()) - before;
}

/** Each acknowledged event is one record; those of failed requests may be there or not. */
function assertNothingLost({ acknowledged, unsure }: LoadReport, recorded: number): void {
  if (recorded >= acknowledged && recorded <= acknowledged + unsure) return;
  throw new Error(
    `${acknowledged} events were acknowledged, ${unsure} are unsure, and Kafka has ${recorded}`,
  );
}
