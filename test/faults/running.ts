import type { ServiceName } from '../../deploy/start/service-plans';
import { eventually } from '../support/eventually';
import type { Installation } from './installation';

/** Those that a stream runs through. */
export const everyService: readonly ServiceName[] = [
  'collector',
  'cleaner',
  'interests',
  'metrics',
];
export const consumers: readonly ServiceName[] = ['cleaner', 'interests', 'metrics'];

/** One process of a service, ready. */
export async function oneProcess(installation: Installation, service: ServiceName): Promise<void> {
  const [first, ...others] = installation.running(service);
  await Promise.all(others.map((one) => one.stop()));
  const process = first ?? installation.start(service);
  if (!(await process.ready())) throw new Error(`${service} ended while it started`);
}

/** Resolves with the time at which no group lagged. */
export async function untilDry(installation: Installation, dryWithinMs = 120_000): Promise<number> {
  const isDry = async () => {
    const at = Date.now();
    const lags = Object.entries(await installation.lags()).filter(([, records]) => records > 0);
    if (lags.length === 0) return at;
    throw new Error(lags.map(([group, records]) => `${group} by ${records}`).join(', '));
  };
  const message = 'no group lags';
  return eventually(isDry, { deadlineMs: dryWithinMs, message, everyMs: 100 });
}
