import type { EventRow } from '../../domain/event-row';
import { messageOf } from '../../runtime/errors';
import { writeEventRow } from './event-columns';
import type { RowBinary } from './row-binary';
import type { UserHash } from './user-hash';

/** Rows of `events` as they will be sent, encoded as they come so that nothing else of them is kept. */
export class EventRows {
  /** Where each row ends, and how long its last column, the record, is. */
  private readonly ends: number[] = [];
  private readonly recordLengths: number[] = [];

  constructor(
    private readonly userHash: UserHash,
    private readonly out: RowBinary,
  ) {}

  get count(): number {
    return this.ends.length;
  }

  get bytes(): number {
    return this.out.size;
  }

  /** Throws a RangeError, and leaves the rows as they were, where a number does not fit its column. */
  add(row: EventRow): void {
    const before = this.out.size;
    try {
      writeEventRow(this.out, row, this.userHash(row.tenant, row.user));
    } catch (error) {
      this.out.truncate(before);
      throw new RangeError(messageOf(error));
    }
    this.ends.push(this.out.size);
    this.recordLengths.push(row.record.length);
  }

  /** Rows from..to (exclusive), in RowBinary. */
  slice(from: number, to: number): Buffer {
    return this.out.written(this.endOf(from - 1), this.endOf(to - 1));
  }

  /** A copy of the message value that row was made from. */
  record(index: number): Buffer {
    const end = this.endOf(index);
    return Buffer.from(this.out.written(end - (this.recordLengths[index] ?? 0), end));
  }

  private endOf(index: number): number {
    return this.ends[index] ?? 0;
  }
}
