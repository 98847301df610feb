import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../deploy/start/service-plans';
import { eventually } from '../support/eventually';
import { type FaultCase, stallMs } from './cases';
import { type Circumstances, circumstancesOf } from './circumstances';
import { type Comparison, compare } from './compare';
import type { Installation } from './installation';
import { consumers, everyService, oneProcess, untilDry } from './running';
import type { FaultMet, ServiceProcess } from './service-process';
import { aStream, send } from './stream';

export interface CaseResult extends Comparison {
  readonly faultCase: FaultCase;
  /** From the fault to the time when no group had anything left to do. */
  readonly zeroLagMs: number;
  readonly tookMs: number;
}

/** As a supervisor waits before it starts a process again. */
const restartAfterMs = 500;

/**
 * One fault: the service is started with it armed, a seeded stream is sent through all services, the
 * fault happens, a killed process is started again, the pipeline runs dry, and everything of the
 * case's tenant is compared with the oracle.
 */
export async function runCase(
  installation: Installation,
  faultCase: FaultCase,
): Promise<CaseResult> {
  const circumstances = circumstancesOf(faultCase.point);
  const running = runWithin(installation, faultCase, circumstances);
  return running.finally(() => circumstances.cleanUp(installation));
}

async function runWithin(
  installation: Installation,
  faultCase: FaultCase,
  circumstances: Circumstances,
): Promise<CaseResult> {
  const startedAt = Date.now();
  const { service, kind, spec, seed } = faultCase;
  const tenant = installation.tenant(faultCase.tenant);
  const { events: extra, orders } = circumstances;
  const requests = aStream({ tenant, people: 14, seed, extra, orders });
  await circumstances.prepare(installation, tenant.name, requests);
  const others = everyService.filter((one) => one !== service);
  const start = async (): Promise<void> => {
    await Promise.all(others.map((one) => oneProcess(installation, one)));
  };
  const { isFresh, isEarly } = circumstances;
  if (!isFresh) await start();
  const armed = await startArmed(installation, faultCase);
  if (!isEarly) await armed.ready();
  const collectorUrl = () => installation.url('collector');
  const pauseMs = circumstances.pauseMs;
  const sending = send(requests, { tenant: tenant.name, collectorUrl, pauseMs });
  sending.catch(() => {});
  const relieved = circumstances.relieve(installation, tenant.name);
  relieved.catch(() => {});
  const deciding = circumstances.decide(installation, tenant.name, requests);
  deciding.catch(() => {});
  const fault = await met(armed, spec);
  // What happens once would else happen in another service.
  const starting = isFresh ? start() : Promise.resolve();
  starting.catch(() => {});
  if (kind.startsWith('kill')) {
    await armed.ended;
    await sleep(restartAfterMs);
    installation.start(service);
  }
  if (kind === 'stall' && consumers.includes(service)) {
    const wakesAt = fault.at + stallMs;
    await takeOver(installation, service, { wakesAt, isMember: !isEarly });
  }
  const [messageIds, said] = await Promise.all([sending, deciding, relieved, starting]);
  if (kind === 'stall') await sleep(Math.max(0, fault.at + stallMs + 1000 - Date.now()));
  const dryAt = await untilDry(installation);
  const comparison = await compare(installation, {
    ...{ tenant, messageIds, said },
    refused: circumstances.events,
  });
  const zeroLagMs = dryAt - fault.at;
  return { ...comparison, faultCase, zeroLagMs, tookMs: Date.now() - startedAt };
}

/** The service with its fault, and no other process of it: whatever passes there passes here. */
async function startArmed(
  installation: Installation,
  { service, spec }: FaultCase,
): Promise<ServiceProcess> {
  await Promise.all(installation.running(service).map((one) => one.stop()));
  return installation.start(service, spec);
}

interface Zombie {
  /** Milliseconds UTC. */
  readonly wakesAt: number;
  /** It had joined its groups before. */
  readonly isMember: boolean;
}

/** A second process gets all partitions of one that stands still. Throws where that one goes on
 *  before: it would be no zombie. */
async function takeOver(
  installation: Installation,
  service: ServiceName,
  { wakesAt, isMember }: Zombie,
): Promise<void> {
  const membersBefore = () =>
    eventually(() => installation.members(service), {
      deadlineMs: wakesAt - Date.now(),
      message: `the groups of ${service} are asked for their members`,
    });
  const before = isMember ? await membersBefore() : [];
  const second = installation.start(service);
  await second.ready();
  const isTakenOver = async () => {
    const members = await installation.members(service);
    return members?.every((one) => !before.includes(one));
  };
  const message = `another process has the partitions of ${service}`;
  await eventually(isTakenOver, { deadlineMs: wakesAt - Date.now(), message, everyMs: 100 });
}

async function met(armed: ServiceProcess, spec: string): Promise<FaultMet> {
  const fault = () => {
    // Asked in this order: what ended has written its log.
    const how = armed.how();
    const [found] = armed.faults();
    if (found === undefined && how !== null) return { how };
    return found;
  };
  const deadline = { deadlineMs: 120_000, message: `${spec} happens`, everyMs: 20 };
  const found = await eventually(fault, deadline);
  if ('how' in found) throw new Error(`${armed.name} ended by itself: ${found.how}`);
  return found;
}
