import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { steadyClock } from '../clock';
import { TransientError } from '../errors';
import { protocolErrorOf } from '../kafka';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import { backoffMs } from '../retry';
import type { RecordBatch, SourceRecord, Stage } from '../stage';
import type { Admission } from './admission';
import type { Assignment, OwnedPartition } from './assignment';
import type { Commits } from './commits';
import { reportLag } from './lag';
import type { Pauses } from './pauses';

export interface BatchHandlerOptions {
  readonly stage: Stage;
  readonly assignment: Assignment;
  readonly admission: Admission;
  readonly pauses: Pauses;
  readonly commits: Commits;
  readonly heartbeatEveryMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** The group no longer counts this process as a member. */
  readonly onThrownOut: () => void;
  readonly onFatal: (error: Error) => void;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface BatchHandler {
  /** For kafkajs' eachBatch. Never rejects: an error thrown into kafkajs ends the consumer. */
  handle(payload: EachBatchPayload): Promise<void>;
  isBusy(): boolean;
  /** Resolves when no stage is running. */
  drained(): Promise<void>;
}

/** Gives fetched batches to the stage and moves on only when it resolved. kafkajs fetches again when
 *  all batches of a fetch are handled, so a partition that must wait returns at once, unresolved and
 *  paused, and the others go on. */
export function createBatchHandler(options: BatchHandlerOptions): BatchHandler {
  const { assignment, admission, pauses, commits, metrics } = options;
  const running = new Set<Promise<void>>();

  async function process(payload: EachBatchPayload, owned: OwnedPartition): Promise<void> {
    const { batch } = payload;
    const startedAt = performance.now();
    owned.movedAt = steadyClock.now();
    owned.end = Math.max(owned.end, Number(batch.highWatermark));
    try {
      const first = Number(batch.firstOffset());
      if (first !== owned.position) await admission.explainGap(owned, first);
      await runStage(payload, owned, options);
    } catch (error) {
      waitOrFail(owned, batch.messages[0], error, options);
      return;
    }
    if (!assignment.isCurrent(owned) || payload.isStale()) return;
    payload.resolveOffset(batch.lastOffset());
    moveOn(owned, payload, options);
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.observe('tributary_batch_seconds', { step: 'stage' }, seconds);
  }

  return {
    async handle(payload) {
      const owned = assignment.find(payload.batch.topic, payload.batch.partition);
      if (owned === undefined || pauses.isPaused(owned) || isFromElsewhere(owned, payload)) return;
      commits.use(payload.commitOffsetsIfNecessary);
      const work = process(payload, owned);
      running.add(work);
      await work.finally(() => running.delete(work));
    },
    isBusy: () => running.size > 0,
    async drained() {
      await Promise.allSettled(running);
    },
  };
}

/** A batch that was fetched before its partition was told to begin elsewhere. kafkajs has the offset of
 *  the fetch, and does not say so in its types. */
function isFromElsewhere(owned: OwnedPartition, { batch }: EachBatchPayload): boolean {
  if (owned.soughtTo === null) return false;
  if (Number('fetchedOffset' in batch && batch.fetchedOffset) !== owned.soughtTo) return true;
  owned.soughtTo = null;
  return false;
}

async function runStage(
  payload: EachBatchPayload,
  owned: OwnedPartition,
  { stage, assignment, heartbeatEveryMs, onThrownOut }: BatchHandlerOptions,
): Promise<void> {
  const heartbeat = () => beat(payload, onThrownOut);
  const timer = setInterval(heartbeat, heartbeatEveryMs);
  try {
    await stage(toRecordBatch(payload, heartbeat, () => !assignment.isCurrent(owned)));
  } finally {
    clearInterval(timer);
  }
}

/** A heartbeat that fails while the group rebalances is nothing to stop for: the partition is ours
 *  until the next join, which kafkajs starts once the batch is done. One that says this is no member
 *  any more makes the batch stale. */
async function beat(payload: EachBatchPayload, onThrownOut: () => void): Promise<void> {
  try {
    await payload.heartbeat();
  } catch (error) {
    const type = protocolErrorOf(error);
    if (type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION') onThrownOut();
  }
}

function moveOn(
  owned: OwnedPartition,
  { batch }: EachBatchPayload,
  { log, metrics }: BatchHandlerOptions,
): void {
  const { topic, partition, messages } = batch;
  if (owned.failures > 0) log.info({ topic, partition, tries: owned.failures }, 'goes on');
  owned.failures = 0;
  owned.position = Number(batch.lastOffset()) + 1;
  owned.movedAt = steadyClock.now();
  owned.oldestAt = Number(messages.at(-1)?.timestamp ?? owned.oldestAt);
  metrics.count('tributary_consumer_batches_total', { topic });
  metrics.count('tributary_consumer_records_total', { topic }, messages.length);
  reportLag(owned, metrics);
}

function waitOrFail(
  owned: OwnedPartition,
  first: KafkaMessage | undefined,
  error: unknown,
  { assignment, pauses, log, metrics, onFatal, ...options }: BatchHandlerOptions,
): void {
  if (!(error instanceof TransientError)) {
    onFatal(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (!assignment.isCurrent(owned)) return;
  const { topic, partition } = owned;
  owned.failures += 1;
  owned.oldestAt = first === undefined ? owned.oldestAt : Number(first.timestamp);
  const waitMs = backoffMs(owned.failures, {
    baseMs: options.retryBaseMs,
    maxMs: options.retryMaxMs,
  });
  const fields = { topic, partition, reason: error.server, why: error.message };
  if (owned.failures === 1) log.warn(fields, 'waits, and will try again');
  else log.debug({ ...fields, tries: owned.failures, waitMs }, 'waits on');
  metrics.count('tributary_consumer_retries_total', { reason: error.server });
  reportLag(owned, metrics);
  pauses.wait(owned, error.server);
  setTimeout(() => {
    if (assignment.isCurrent(owned)) pauses.resume(owned);
  }, waitMs).unref();
}

function toRecordBatch(
  { batch }: EachBatchPayload,
  heartbeat: () => Promise<void>,
  isStale: () => boolean,
): RecordBatch {
  const { topic, partition, messages } = batch;
  const records = messages.map((message) => toRecord(topic, partition, message));
  return { topic, partition, records, heartbeat, isStale };
}

function toRecord(topic: string, partition: number, message: KafkaMessage): SourceRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    appendedAt: Number(message.timestamp),
    key: message.key,
    value: message.value,
  };
}
