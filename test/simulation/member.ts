import {
  createAssignment,
  type OwnedPartition,
} from '../../services/shared/runtime/consumer/assignment';
import { type CommitCall, createCommits } from '../../services/shared/runtime/consumer/commits';
import { TransientError } from '../../services/shared/runtime/errors';
import type { SourceRecord, Stage } from '../../services/shared/runtime/stage';
import type { Chaos } from './chaos';
import type { Group, GroupMember, Share } from './group';
import type { Host } from './host';
import type { KafkaLog } from './kafka-log';
import type { Random } from './random';

/** A process' part in a consumer group: what the consumer of services/shared/runtime does between
 *  kafkajs and a stage, on the simulated log. Assignment and commits are the production code. */
export interface Member {
  mark(topic: string, partition: number, nextOffset: number): void;
  /** Lets running stages finish, drains, commits and leaves the group. */
  stop(): Promise<void>;
  /** The process stands still for this long: it may be thrown out, and will join again. */
  stalled(ms: number): void;
  died(): void;
}

export interface MemberOptions {
  readonly host: Host;
  readonly group: Group;
  readonly log: KafkaLog;
  readonly random: Random;
  readonly chaos: Chaos;
  readonly stage: Stage;
  readonly commit: 'processed' | 'marked';
  readonly onDrained?: () => Promise<void>;
  readonly onFatal: (error: Error) => void;
  /** A fault for the simulation to find: offsets are committed before the stage ran. */
  readonly commitsFirst?: boolean;
}

const largestBatch = 5;
const commitEveryMs = 500;
/** The production timer that commits never fires: offsets are committed in virtual time. */
const never = 2 ** 31 - 1;

export function createMember(options: MemberOptions): Member {
  const { host, group, chaos } = options;
  const assignment = createAssignment();
  const running = new Set<Promise<void>>();
  let [generation, wanted] = [0, 0];
  let stopping = false;
  const mayRead = () => !stopping && generation === wanted;
  const quiet = { debug() {}, count() {} };
  const commits = createCommits({
    assignment,
    mode: options.commit,
    everyMs: never,
    onRefused: () => assignment.clear(),
    log: quiet as never,
    metrics: quiet as never,
  });
  const commitCall =
    (of: number): CommitCall =>
    async (offsets) => {
      if (offsets === undefined || !('topics' in offsets)) return;
      const wanted = offsets.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
      );
      const text = wanted.map((one) => `${one.topic}/${one.partition} ${one.offset}`).join(', ');
      await host.call(`commit ${text}`, () => group.commit(self, of, wanted));
    };

  /** kafkajs joins again when the batches it has given out are done. */
  async function takeOver(share: Share): Promise<void> {
    await host.sleep(chaos.delayMs());
    wanted = Math.max(wanted, share.generation);
    await Promise.all(running);
    if (share.generation < wanted || stopping) return;
    generation = share.generation;
    commits.use(commitCall(generation));
    assignment.replace(share.partitions);
    const parts = { ...options, assignment, running, commits, mayRead };
    for (const owned of assignment.all()) void consume(owned, parts).catch(options.onFatal);
  }

  const self: GroupMember = { name: host.name, assigned: (share) => void takeOver(share) };
  group.join(self);
  host.every(commitEveryMs, () => void commits.flush());
  return {
    mark(topic, partition, nextOffset) {
      const owned = assignment.find(topic, partition);
      if (owned !== undefined) owned.marked = Math.max(owned.marked, nextOffset);
    },
    async stop() {
      stopping = true;
      await Promise.all(running);
      await options.onDrained?.();
      await commits.flush();
      await commits.flush();
      commits.stop();
      group.leave(self);
    },
    stalled(ms) {
      group.silentFor(self, ms);
    },
    died() {
      commits.stop();
      group.silentFor(self, Number.POSITIVE_INFINITY);
    },
  };
}

interface Consuming extends MemberOptions {
  readonly assignment: ReturnType<typeof createAssignment>;
  readonly running: Set<Promise<void>>;
  readonly commits: ReturnType<typeof createCommits>;
  readonly mayRead: () => boolean;
}

/** Batches of a partition, one after the other, for as long as it is ours. */
async function consume(owned: OwnedPartition, options: Consuming): Promise<void> {
  const { host, assignment, mayRead, running } = options;
  const isOurs = () => assignment.isCurrent(owned) && mayRead();
  await patiently(options, async () => {
    const { group } = options;
    const offset = await host.call(
      `committed ${owned.topic}/${owned.partition}`,
      () => group.committed(owned.topic, owned.partition) ?? -1,
    );
    owned.committed = offset;
    owned.position = Math.max(offset, 0);
  });
  while (isOurs()) {
    await beyond(owned, options);
    if (!isOurs()) return;
    const work = handle(owned, options);
    const settled = work.catch(() => {});
    running.add(settled);
    await work.finally(() => running.delete(settled));
  }
}

/** One batch. Where its stage fails, the same records come again, perhaps with more behind them. */
async function handle(owned: OwnedPartition, options: Consuming): Promise<void> {
  const { host, log, random, stage, assignment, chaos, commits, commitsFirst } = options;
  const { topic, partition } = owned;
  const most = random.between(1, largestBatch);
  const records = log.read(topic, partition, owned.position ?? 0, most);
  const next = (records.at(-1)?.offset ?? 0) + 1;
  if (commitsFirst) {
    owned.position = next;
    await commits.flush();
  }
  try {
    await stage(batchOf(owned, records, () => !assignment.isCurrent(owned)));
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    if (commitsFirst) owned.position = records[0]?.offset ?? 0;
    await host.sleep(20 + chaos.delayMs());
    return;
  }
  if (assignment.isCurrent(owned)) owned.position = next;
}

function batchOf(
  { topic, partition }: OwnedPartition,
  records: readonly SourceRecord[],
  isStale: () => boolean,
) {
  return { topic, partition, records, heartbeat: async () => {}, isStale };
}

/** Until there is something to read. */
async function beyond(owned: OwnedPartition, { host, log, chaos }: Consuming): Promise<void> {
  const { topic, partition, position } = owned;
  if (log.end(topic, partition) <= (position ?? 0)) {
    await new Promise<void>((resolve) => {
      log.whenBeyond(topic, partition, position ?? 0, resolve);
    });
  }
  await host.sleep(chaos.delayMs());
}

async function patiently({ host }: Consuming, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      await host.sleep(100);
    }
  }
}
