import type { EventRow } from './event-row';
import { Intervals, type Span } from './intervals';
import { sessionLookBackMs } from './session';

export interface PartitionOffsets {
  readonly topic: string;
  readonly partition: number;
  readonly offsets: Span;
}

interface FactPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offsets: Intervals;
}

/** Offsets this close are one range: what lies between is read along with them. */
const nearOffsets = 20_000;
/** Append times this close are one range. */
const nearAppendedMs = 600_000;

/**
 * Where newly written facts stand: offsets of each source partition, append times and event times.
 * Every fact added lies within all three; little else does. Bounded in memory however many are
 * added, and enough to find them again in the events table, so that no list of keys is kept or sent.
 */
export class FactRanges {
  private readonly partitions = new Map<string, FactPartition>();
  private latest: FactPartition | null = null;
  readonly appendedAt = new Intervals({ near: nearAppendedMs, limit: 8 });
  readonly eventAt = new Intervals({ near: 2 * sessionLookBackMs, limit: 8 });
  /** Whether any of them completes an order. */
  hasOrders = false;
  /** How many were added. */
  count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get offsets(): readonly PartitionOffsets[] {
    return [...this.partitions.values()].flatMap(({ topic, partition, offsets }) =>
      offsets.spans.map((span) => ({ topic, partition, offsets: span })),
    );
  }

  add(
    row: Pick<EventRow, 'topic' | 'partition' | 'offset' | 'appendedAt' | 'eventAt' | 'orderKey'>,
  ): void {
    this.offsetsOf(row.topic, row.partition).add(row.offset);
    this.appendedAt.add(row.appendedAt);
    this.eventAt.add(row.eventAt);
    if (row.orderKey !== '') this.hasOrders = true;
    this.count += 1;
  }

  addAll(other: FactRanges): void {
    for (const { topic, partition, offsets } of other.partitions.values()) {
      this.offsetsOf(topic, partition).addAll(offsets);
    }
    this.appendedAt.addAll(other.appendedAt);
    this.eventAt.addAll(other.eventAt);
    this.hasOrders ||= other.hasOrders;
    this.count += other.count;
  }

  private offsetsOf(topic: string, partition: number): Intervals {
    const { latest } = this;
    // Records of one partition come together.
    if (latest?.topic === topic && latest.partition === partition) return latest.offsets;
    const key = `${topic}/${partition}`;
    const offsets = new Intervals({ near: nearOffsets, limit: 4 });
    const found = this.partitions.get(key) ?? { topic, partition, offsets };
    this.partitions.set(key, found);
    this.latest = found;
    return found.offsets;
  }
}
