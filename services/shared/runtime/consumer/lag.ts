import type { Admin } from 'kafkajs';
import { steadyClock } from '../clock';
import { messageOf } from '../errors';
import { type Check, well } from '../health';
import { logBounds } from '../kafka';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import type { Assignment, OwnedPartition } from './assignment';

/** Sets a partition's lag as it is known now. */
export function reportLag(one: OwnedPartition, metrics: Metrics): void {
  if (one.position === null || one.end < 0) return;
  const labels = { topic: one.topic, partition: String(one.partition) };
  const records = Math.max(0, one.end - one.position);
  metrics.set('tributary_consumer_lag_records', labels, records);
  if (records === 0) metrics.set('tributary_consumer_lag_seconds', labels, 0);
  else if (one.oldestAt !== null) {
    const seconds = Math.max(0, (Date.now() - one.oldestAt) / 1000);
    metrics.set('tributary_consumer_lag_seconds', labels, seconds);
  }
}

/** Takes a partition that is no longer ours out of the metrics. */
export function forgetLag(one: OwnedPartition, metrics: Metrics): void {
  const labels = { topic: one.topic, partition: String(one.partition) };
  metrics.forget('tributary_consumer_lag_records', labels);
  metrics.forget('tributary_consumer_lag_seconds', labels);
}

export interface LagProbeOptions {
  readonly admin: Admin;
  readonly assignment: Assignment;
  readonly everyMs: number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Asks the broker for the ends of the logs: batches tell them too, but a paused or stuck partition
 *  has none, and its lag is the one that matters. Returns the function that ends it. */
export function startLagProbe(options: LagProbeOptions): () => void {
  const { admin, assignment, log, metrics } = options;
  let asking = false;

  async function probe(): Promise<void> {
    for (const topic of new Set(assignment.all().map((one) => one.topic))) {
      const bounds = await logBounds(admin, topic);
      for (const one of assignment.all().filter((owned) => owned.topic === topic)) {
        const idle = one.position !== null && one.position >= one.end;
        if (idle) one.movedAt = steadyClock.now();
        one.end = Math.max(one.end, bounds.get(one.partition)?.high ?? -1);
        reportLag(one, metrics);
      }
    }
  }

  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    probe()
      .catch((error: unknown) => log.debug({ why: messageOf(error) }, 'the lag was not measured'))
      .finally(() => {
        asking = false;
      });
  }, options.everyMs);
  return () => clearInterval(timer);
}

/** Live: each partition has nothing to read, is paused for a reason (starting again would not mend
 *  the server it waits for), or moved lately; and what is done has been committed lately. */
export function partitionsLive(
  owned: readonly OwnedPartition[],
  isPaused: (one: OwnedPartition) => boolean,
  stuckAfterMs: number,
): Check {
  const now = steadyClock.now();
  for (const one of owned) {
    const idle = one.position !== null && one.position >= one.end;
    const stillMs = now - one.movedAt;
    if (!idle && !isPaused(one) && stillMs > stuckAfterMs) {
      const where = `${one.topic}/${one.partition} at offset ${one.position} of ${one.end}`;
      return { ok: false, why: `${where} has not moved for ${Math.round(stillMs / 1000)} s` };
    }
    const waitsMs = one.uncommittedSince === null ? 0 : now - one.uncommittedSince;
    if (waitsMs > stuckAfterMs) {
      const where = `${one.topic}/${one.partition} at offset ${one.committed}`;
      return {
        ok: false,
        why: `${where} has committed nothing for ${Math.round(waitsMs / 1000)} s`,
      };
    }
  }
  return well;
}
