import type { Consumer, Kafka } from 'kafkajs';
import { steadyClock } from './clock';
import { createAdmission, type Known, type Reached } from './consumer/admission';
import { type Assignment, createAssignment } from './consumer/assignment';
import { type BatchHandler, createBatchHandler } from './consumer/batch';
import { type CommitCall, type Commits, createCommits } from './consumer/commits';
import { createKafkaConsumer, heartbeatMs, seekTo } from './consumer/kafka-consumer';
import { partitionsLive, startLagProbe } from './consumer/lag';
import { createMembership, type Membership } from './consumer/membership';
import { createPauses, type Pauses } from './consumer/pauses';
import { FatalError } from './errors';
import { type Check, well } from './health';
import { kafkaFailure, protocolErrorOf } from './kafka';
import type { Log } from './log';
import type { Metrics } from './metrics';
import { retry } from './retry';
import type { Stage } from './stage';

export interface ConsumerSettings {
  readonly sessionTimeoutMs: number;
  readonly partitionsAtOnce: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly commitEveryMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  readonly stuckAfterMs: number;
}

export interface ConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly stage: Stage;
  readonly settings: ConsumerSettings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 'processed' (default): a batch is committed once its stage resolved. 'marked': offsets are
   *  committed only as far as `mark` says, and never beyond what the stage resolved. */
  readonly commit?: 'processed' | 'marked';
  /** Whether effects of this partition are on record although its offset is not: asked where the
   *  group has no committed offset, and a yes is fatal. */
  readonly known?: Known;
  /** How far the effects on record reach, where they are kept in a store that may lose its last ones. */
  readonly reached?: Reached;
  /** What every commit of offsets passes on its way; none by default. */
  readonly commitThrough?: (call: CommitCall) => CommitCall;
  /** Runs while stopping: after the last stage, before the last commit. */
  readonly onDrained?: () => Promise<void>;
  /** What a fault that must not be skipped does; by default it is logged and the process exits 1. */
  readonly onFatal?: (error: Error) => void;
}

export interface ConsumerHandle {
  /** Offsets below `nextOffset` may be committed (commit 'marked' only). */
  mark(topic: string, partition: number, nextOffset: number): void;
  /** Stops, and takes up again, fetching whole topics. */
  pause(topics: readonly string[]): void;
  resume(topics: readonly string[]): void;
  /** Takes every partition up again from what is committed, or from what is on record where that is
   *  less. Resolves when no stage runs, and before anything is read again. */
  startOver(): Promise<void>;
  /** Takes no further batch, lets running stages finish, commits, leaves the group. */
  stop(): Promise<void>;
  /** Not crashed, and every partition with records to read moved within `stuckAfterMs`. */
  live(): Check;
  /** The group has been joined, and the offsets of what is assigned are sound. */
  ready(): Check;
  /** Called for each partition that this process no longer owns, before any other batch. */
  onLost(callback: (topic: string, partition: number) => void): void;
}

const lagProbeEveryMs = 5000;

/** Resolves once the consumer has joined its group; until a broker answers it keeps trying. Rejects
 *  with a FatalError where a topic does not exist. */
export async function startConsumer(options: ConsumerOptions): Promise<ConsumerHandle> {
  const parts = assemble(options);
  const { consumer, admin, assignment, pauses, commits, membership, handler, abort } = parts;
  const firstJoin = listen(parts);
  try {
    await connect(options, parts);
  } catch (error) {
    commits.stop();
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
    throw error;
  }
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: options.settings.partitionsAtOnce,
    eachBatch: handler.handle,
  });
  const stopProbe = startLagProbe({ ...options, admin, assignment, everyMs: lagProbeEveryMs });
  await firstJoin;

  async function stop(): Promise<void> {
    pauses.pauseAll();
    abort.abort();
    await handler.drained();
    await options.onDrained?.();
    // A commit that was on its way when the last stage ended knows nothing of it: hence the second.
    await commits.flush();
    await commits.flush();
    commits.stop();
    stopProbe();
    await consumer.disconnect();
    await admin.disconnect();
  }

  let stopped: Promise<void> | undefined;
  return {
    mark(topic, partition, nextOffset) {
      const owned = assignment.find(topic, partition);
      if (owned !== undefined) owned.marked = Math.max(owned.marked, nextOffset);
    },
    pause: pauses.pauseTopics,
    resume: pauses.resumeTopics,
    startOver: membership.startOver,
    stop() {
      stopped ??= stop();
      return stopped;
    },
    live: () => liveCheck(parts, options.settings.stuckAfterMs),
    ready: () => readyCheck(parts),
    onLost: membership.onLost,
  };
}

/** What may change while a consumer lives, beside its assignment. */
interface State {
  failure: Error | null;
  /** When the fetch loop was last seen to turn. */
  turnedAt: number;
}

interface Parts {
  readonly consumer: Consumer;
  readonly admin: ReturnType<Kafka['admin']>;
  readonly assignment: Assignment;
  readonly pauses: Pauses;
  readonly commits: Commits;
  readonly membership: Membership;
  readonly handler: BatchHandler;
  readonly abort: AbortController;
  readonly state: State;
  readonly fail: (error: Error) => void;
}

function assemble(options: ConsumerOptions): Parts {
  const { kafka, groupId, settings, stage, log, metrics } = options;
  const consumer = createKafkaConsumer(kafka, groupId, settings);
  const admin = kafka.admin();
  const abort = new AbortController();
  const state: State = { failure: null, turnedAt: steadyClock.now() };
  const assignment = createAssignment();
  const { known, reached } = options;
  const admission = createAdmission({ admin, groupId, known, reached });
  const pauses = createPauses(consumer, assignment, { group: groupId, metrics });
  const fail = (error: Error): void => {
    if (state.failure !== null) return;
    state.failure = error;
    pauses.pauseAll();
    if (options.onFatal !== undefined) options.onFatal(error);
    else exitAfter(error, log);
  };
  const thrownOut = () => membership.thrownOut();
  const commits = createCommits({
    assignment,
    mode: options.commit ?? 'processed',
    everyMs: settings.commitEveryMs,
    reached,
    ...(options.commitThrough && { through: options.commitThrough }),
    onRefused: thrownOut,
    log,
    metrics,
  });
  const common = {
    ...settings,
    assignment,
    admission,
    pauses,
    commits,
    log,
    metrics,
    onFatal: fail,
  };
  const membership = createMembership({
    ...common,
    group: groupId,
    signal: abort.signal,
    seek: (topic, partition, offset) => seekTo(consumer, { topic, partition, offset }),
    drained: () => handler.drained(),
  });
  const handler = createBatchHandler({
    ...common,
    stage,
    heartbeatEveryMs: heartbeatMs(settings),
    onThrownOut: thrownOut,
  });
  return {
    ...{ consumer, admin, assignment, pauses, commits, membership, handler, abort, state, fail },
  };
}

/** Follows the life of the kafkajs consumer; the promise is of the first join. */
function listen({ consumer, assignment, commits, membership, state, fail }: Parts): Promise<void> {
  const turned = () => {
    state.turnedAt = steadyClock.now();
  };
  const { events } = consumer;
  consumer.on(events.FETCH_START, turned);
  consumer.on(events.REBALANCING, () => void commits.flush());
  consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
    turned();
    commits.use(null);
    if (!restart) fail(error);
  });
  consumer.on(
    events.END_BATCH_PROCESS,
    ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      // A batch of nothing but transaction markers never reaches the handler.
      const owned = batchSize === 0 ? assignment.find(topic, partition) : undefined;
      if (owned !== undefined) owned.position = Number(lastOffset) + 1;
    },
  );
  return new Promise((resolve) => {
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      turned();
      membership.joined(payload.memberAssignment);
      resolve();
    });
  });
}

async function connect({ topics, log }: ConsumerOptions, parts: Parts): Promise<void> {
  const { consumer, admin, abort } = parts;
  await retry(
    async () => {
      try {
        await Promise.all([consumer.connect(), admin.connect()]);
        await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      } catch (error) {
        if (protocolErrorOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') {
          const message = `not all of these topics exist: ${topics.join(', ')}; run deploy/setup first`;
          throw new FatalError(message, { cause: error });
        }
        throw kafkaFailure(error, 'connecting the consumer');
      }
    },
    {
      attempts: Number.POSITIVE_INFINITY,
      baseMs: 500,
      maxMs: 5000,
      signal: abort.signal,
      onRetry: (error) => log.warn({ why: error.message }, 'Kafka cannot be reached, trying again'),
    },
  );
}

function liveCheck({ state, handler, assignment, pauses }: Parts, stuckAfterMs: number): Check {
  if (state.failure !== null) return { ok: false, why: state.failure.message };
  const stillMs = steadyClock.now() - state.turnedAt;
  if (stillMs > stuckAfterMs && !handler.isBusy()) {
    return { ok: false, why: `the fetch loop has not turned for ${Math.round(stillMs / 1000)} s` };
  }
  return partitionsLive(assignment.all(), pauses.isPaused, stuckAfterMs);
}

function readyCheck({ state, membership, assignment }: Parts): Check {
  if (state.failure !== null) return { ok: false, why: state.failure.message };
  if (!membership.hasJoined()) return { ok: false, why: 'has not joined its consumer group yet' };
  const unsure = assignment.all().filter((one) => one.waiting === 'admission').length;
  return unsure === 0 ? well : { ok: false, why: `${unsure} partitions are being looked at` };
}

function exitAfter(error: Error, log: Log): never {
  log.error({ err: error }, 'stops rather than skip a record');
  process.exit(1);
}
