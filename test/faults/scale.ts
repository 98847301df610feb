import { cpus } from 'node:os';
import { ProcessMeter } from '../../deploy/summary/processes';
import { eventually } from '../support/eventually';
import { compare } from './compare';
import { limitCpu } from './cpu-share';
import type { Installation } from './installation';
import { consumers, everyService, untilDry } from './running';
import { aStream, send } from './stream';

/** How many processes of each service drain a backlog. `out-and-in`: one, from 70 in 100 records left
 *  on two, from 35 on one again, the older one having been told to stop. */
export const scaleShapes = ['one', 'two', 'out-and-in'] as const;
export type ScaleShape = (typeof scaleShapes)[number];
export const scaleTenant = (shape: ScaleShape) => `scale-${shape}`;

/** How long it took to drain, and what of the machine it took. */
export interface Drained {
  readonly shape: ScaleShape;
  /** Records that were left when every process was ready. */
  readonly records: number;
  readonly seconds: number;
  /** Of services, in seconds of one core. */
  readonly cpuSeconds: number;
  /** Cores that were busy with anything, servers and this suite too; and cores there are. */
  readonly busyCores: number;
  readonly cores: number;
  /** Records that were left when a second process of each was ready, and when one was gone again. */
  readonly changes: readonly number[];
  readonly faults: readonly string[];
}

export interface BacklogOptions {
  readonly shape: ScaleShape;
  readonly people: number;
  readonly seed: number;
  /** What each process may take of a core; null: whatever it gets. */
  readonly share: number | null;
}

/** Fills the topics while nobody reads them, and lets processes of each service read. */
export async function drainBacklog(
  installation: Installation,
  { shape, people, seed, share }: BacklogOptions,
): Promise<Drained> {
  const tenant = installation.tenant(scaleTenant(shape));
  await stopAll(installation);
  await installation.start('collector').ready();
  const requests = aStream({ tenant, people, seed, mostMessages: 400 });
  const collectorUrl = () => installation.url('collector');
  const messageIds = await send(requests, { tenant: tenant.name, collectorUrl, pauseMs: 0 });
  // It reads the same records on the same machine.
  installation.auditor.rest();
  const meter = new ProcessMeter();
  const start = (processes: number) => startEach(installation, { meter, processes, share });
  await start(shape === 'two' ? 2 : 1);
  meter.mark();
  const [begunAt, records] = [Date.now(), await left(installation)];
  const busyBefore = busySeconds();
  const changes =
    shape === 'out-and-in' ? await outAndIn(installation, records, { meter, start }) : [];
  const seconds = ((await untilDry(installation, 300_000)) - begunAt) / 1000;
  const cpuSeconds = meter.usage().reduce((sum, one) => sum + one.cpuSeconds, 0);
  const busyCores = (busySeconds() - busyBefore) / seconds;
  installation.auditor.goOn();
  const { faults } = await compare(installation, { tenant, messageIds });
  await stopAll(installation);
  const cores = cpus().length;
  return { shape, records, seconds, cpuSeconds, busyCores, cores, changes, faults };
}

interface StartOptions extends Pick<BacklogOptions, 'share'> {
  readonly meter: ProcessMeter;
  readonly processes: number;
}

/** Starts so many more of each; resolves when all are ready. */
async function startEach(
  installation: Installation,
  { meter, processes, share }: StartOptions,
): Promise<void> {
  const started = consumers.flatMap((service) =>
    Array.from({ length: processes }, () => installation.start(service)),
  );
  for (const one of started) meter.watch(one.name, one.pid);
  await Promise.all(started.map((one) => one.ready()));
  if (share !== null) for (const one of started) limitCpu(one, share);
}

interface OutAndIn {
  readonly meter: ProcessMeter;
  start(processes: number): Promise<void>;
}

async function outAndIn(
  installation: Installation,
  records: number,
  { meter, start }: OutAndIn,
): Promise<readonly number[]> {
  const until = (share: number) =>
    eventually(async () => (await left(installation)) <= share * records, {
      ...{ deadlineMs: 300_000, message: `${share} of the backlog is left`, everyMs: 100 },
    });
  const first = consumers.flatMap((service) => installation.running(service));
  await until(0.7);
  await start(1);
  const grown = await left(installation);
  await until(0.35);
  meter.sample();
  await Promise.all(first.map((one) => one.stop()));
  return [grown, await left(installation)];
}

/** Records that have no row yet, wherever they wait. */
async function left(installation: Installation): Promise<number> {
  const lags = await installation.lags();
  return lags.cleaner + lags['cleaner-import'] + lags.metrics;
}

/** Of all cores since the machine was started. */
function busySeconds(): number {
  const times = cpus().map((one) => one.times);
  return times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0) / 1000;
}

function stopAll(installation: Installation): Promise<unknown> {
  return Promise.all(
    everyService.flatMap((service) => installation.running(service).map((one) => one.stop())),
  );
}

/** One line a backlog; against how fast one process of each was, where that is known. */
export function drainedLine(drained: Drained, one?: Drained): string {
  const { shape, records, seconds, cpuSeconds, busyCores, cores, changes, faults } = drained;
  const against = one === undefined ? '' : `, ${(rateOf(drained) / rateOf(one)).toFixed(2)} x one`;
  const line = [
    `${shape.padEnd(10)}  ${records} records in ${seconds.toFixed(1)} s, ${Math.round(rateOf(drained))}/s${against}`,
    `services took ${(cpuSeconds / seconds).toFixed(2)} cores, everything ${busyCores.toFixed(2)} of ${cores}`,
    ...(changes.length === 0 ? [] : [`changed at ${changes.join(' and ')} left`]),
    faults.length === 0 ? 'exact' : 'WRONG',
  ].join('; ');
  return [line, ...faults.slice(0, 10).map((fault) => `       ${fault}`)].join('\n');
}

function rateOf({ records, seconds }: Drained): number {
  return records / seconds;
}
