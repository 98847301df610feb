import { trafficRules } from '../../services/shared/domain/traffic-rules';
import { type GroupName, groupNames } from '../../services/shared/runtime/topics';
import type { Chaos } from './chaos';
import { createGroup, type Group } from './group';
import { createHost, type Host, type Say } from './host';
import { createMember, type Member } from './member';
import type { Random } from './random';
import { cleanerOn, interestsOn, metricsOn, type Running, type Servers } from './services';
import type { Timeline } from './timeline';

/** The services' processes, each started again whenever it died. */
export interface Cluster {
  /** Every record of what the services read is committed by its group. */
  isDry(): boolean;
  /** What made a process stop rather than skip. */
  readonly fatal: readonly string[];
  /** Ends the processes that still run. */
  end(): void;
}

export interface ClusterOptions {
  readonly servers: Servers;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly chaos: Chaos;
  readonly say: Say;
}

/** A place in which one process after the other runs. */
interface Slot {
  readonly service: GroupName;
  readonly name: string;
  starts: number;
}

interface Process {
  readonly host: Host;
  readonly member: Member;
}

export function createCluster(options: ClusterOptions): Cluster {
  const { servers, random, timeline, chaos } = options;
  const fatal: string[] = [];
  const running = new Map<Slot, Process>();
  const groups = new Map(groupNames.map((service) => [service, groupOf(service, options)]));
  const start = (slot: Slot): void => {
    slot.starts += 1;
    const name = `${slot.name}.${slot.starts}`;
    const again = () => timeline.after(chaos.restartMs(), () => start(slot));
    const onFatal = (error: Error) => fatal.push(`${name}: ${error.stack}`);
    const process = startProcess(slot.service, name, { ...options, groups, again, onFatal });
    running.set(slot, process);
    if (random.chance(0.3)) {
      timeline.after(random.between(500, 10_000), () => {
        if (!chaos.isOver()) void stop(process, again);
      });
    }
  };
  for (const service of groupNames) {
    const instances = random.pick([1, 2]);
    for (let nth = 1; nth <= instances; nth += 1) {
      const slot = { service, name: `${service}-${nth}`, starts: 0 };
      timeline.after(random.below(300), () => start(slot));
    }
  }
  return {
    fatal,
    end() {
      for (const { host, member } of running.values()) {
        member.died();
        host.retire();
      }
    },
    isDry: () =>
      [...groups].every(([service, group]) =>
        topicsRead(service, servers).every((topic) =>
          servers.log
            .partitionsOf(topic)
            .every((one) => group.reached(topic, one) >= servers.log.end(topic, one)),
        ),
      ),
  };
}

/** As a service that is told to stop; another takes its place. */
async function stop({ host, member }: Process, again: () => void): Promise<void> {
  if (!host.isAlive()) return;
  await member.stop();
  host.retire();
  again();
}

interface Starting extends ClusterOptions {
  readonly groups: ReadonlyMap<GroupName, Group>;
  readonly again: () => void;
  readonly onFatal: (error: Error) => void;
}

function startProcess(service: GroupName, name: string, options: Starting): Process {
  const { servers, groups, again, onFatal, ...rest } = options;
  let member: Member | null = null;
  const host = createHost({
    ...rest,
    name,
    onDeath() {
      member?.died();
      again();
    },
    onStall: (ms) => member?.stalled(ms),
  });
  const stops = (error: Error) => {
    onFatal(error);
    host.kill(error.message);
  };
  const running = runningOn(service, host, {
    ...options,
    onFatal: stops,
    mark: (...at) => member?.mark(...at),
  });
  member = createMember({
    ...rest,
    ...running,
    host,
    group: groups.get(service) as Group,
    log: servers.log,
    onFatal: stops,
    commitsFirst: service === 'cleaner' && servers.bug.commitsFirst === true,
  });
  return { host, member };
}

function runningOn(
  service: GroupName,
  host: Host,
  options: Starting & { readonly mark: Member['mark'] },
): Running {
  const { servers, random } = options;
  if (service === 'interests') return interestsOn(host, servers);
  if (service === 'metrics') return metricsOn(host, servers, options);
  // A new version with other rules may take up what the old one left.
  return cleanerOn(host, servers, random.pick([trafficRules, trafficRules, []]));
}

function topicsRead(service: GroupName, { topics }: Servers): readonly string[] {
  if (service === 'interests') return [topics.clean];
  if (service === 'metrics') return [topics.clean, topics.rejected, topics.deadLetter];
  const { click, cart, order, identity, import: imports, review } = topics;
  return [click, cart, order, identity, imports, review];
}

function groupOf(service: GroupName, options: ClusterOptions): Group {
  const { servers } = options;
  const topics = topicsRead(service, servers);
  return createGroup({ ...options, name: `group ${service}`, topics, log: servers.log });
}
