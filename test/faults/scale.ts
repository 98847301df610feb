import { ProcessMeter } from '../../deploy/summary/processes';
import { consumers, everyService, untilDry } from './case-run';
import { compare } from './compare';
import type { Installation } from './installation';
import { aStream, send } from './stream';

export const scaleTenants = ['scale-1', 'scale-2'] as const;

/** A backlog drained by so many processes of each service: how long it took, and what of the
 *  machine it took. */
export interface Drained {
  readonly processes: number;
  readonly records: number;
  readonly seconds: number;
  /** Of services, in seconds of one core. */
  readonly cpuSeconds: number;
  readonly faults: readonly string[];
}

/** Fills the topics while nobody reads them, and lets one or two processes of each service read. */
export async function drainBacklog(
  installation: Installation,
  { processes, people, seed }: { processes: 1 | 2; people: number; seed: number },
): Promise<Drained> {
  const tenant = installation.tenant(`scale-${processes}`);
  await stopAll(installation);
  await installation.start('collector').ready();
  const requests = aStream({ tenant, people, seed, mostMessages: 400 });
  const collectorUrl = () => installation.url('collector');
  const messageIds = await send(requests, { tenant: tenant.name, collectorUrl, pauseMs: 0 });
  const started = consumers.flatMap((service) =>
    Array.from({ length: processes }, () => installation.start(service)),
  );
  const meter = new ProcessMeter();
  for (const one of started) meter.watch(one.name, one.pid);
  const begunAt = Date.now();
  await Promise.all(started.map((one) => one.ready()));
  const dryAt = await untilDry(installation, 300_000);
  const cpuSeconds = meter.usage().reduce((sum, one) => sum + one.cpuSeconds, 0);
  const { accepted, faults } = await compare(installation, { tenant, messageIds });
  await stopAll(installation);
  return { processes, records: accepted, seconds: (dryAt - begunAt) / 1000, cpuSeconds, faults };
}

function stopAll(installation: Installation): Promise<unknown> {
  return Promise.all(
    everyService.flatMap((service) => installation.running(service).map((one) => one.stop())),
  );
}

export function drainedLine({ processes, records, seconds, cpuSeconds, faults }: Drained): string {
  const rate = Math.round(records / seconds);
  const cores = (cpuSeconds / seconds).toFixed(2);
  const line = `${processes} of each: ${records} records in ${seconds.toFixed(1)} s, ${rate}/s; services took ${cores} cores`;
  const verdict = faults.length === 0 ? 'exact' : 'WRONG';
  return [`${line}; ${verdict}`, ...faults.slice(0, 10).map((fault) => `       ${fault}`)].join(
    '\n',
  );
}
