import type { Outcome } from '../../../domain/outcome';
import type { QueuePlace, ReviewedRecord } from '../../../domain/stored-record';
import type { Query, RawRow } from './query';
import { type RecordsFilter, recordColumns, storedRecordOf } from './records';

export interface QueueFilter {
  readonly tenant: string;
  readonly outcome: Outcome;
  /** Only what stands after it, in the order of the queue; null: from the newest on. */
  readonly after: QueuePlace | null;
  readonly limit: number;
}

const reviewedColumns = `${recordColumns}, shop, orderId, revenueMinor,
       base64Encode(record) AS bytes`;

/** Records of one outcome, newest first by append time. Which rows may be of it is found in one column;
 *  only those users' hours are read as they last stand. */
export function reviewQueue({ tenant, outcome, after, limit }: QueueFilter): Query<ReviewedRecord> {
  const place = '(appendedAt, toString(topic), partition, offset)';
  const from = `(fromUnixTimestamp64Milli({afterAt:Int64}, 'UTC'), {afterTopic:String},
        {afterPartition:UInt16}, {afterOffset:UInt64})`;
  return {
    sql: `SELECT ${reviewedColumns}
  FROM events FINAL
 PREWHERE (tenant, toStartOfHour(eventAt), userHash) IN (
         SELECT tenant, toStartOfHour(eventAt), userHash
           FROM events
          WHERE tenant = {tenant:String} AND outcome = {outcome:String})
 WHERE tenant = {tenant:String} AND outcome = {outcome:String}${(after && ` AND ${place} < ${from}`) || ''}
 ORDER BY ${['appendedAt', 'toString(topic)', 'partition', 'offset'].map((one) => `${one} DESC`).join(', ')}
 LIMIT {limit:UInt32}`,
    params: {
      ...{ tenant, outcome, limit },
      ...(after !== null && {
        afterAt: after.appendedAt,
        afterTopic: after.source.topic,
        afterPartition: after.source.partition,
        afterOffset: after.source.offset,
      }),
    },
    parseRow: reviewedRecordOf,
  };
}

/** Every record with a message id as it last stands, with its bytes. */
export function reviewedRecords({
  tenant,
  messageId,
  limit,
}: RecordsFilter): Query<ReviewedRecord> {
  return {
    sql: `SELECT ${reviewedColumns}
  FROM events FINAL
 WHERE messageId = {messageId:String}${tenant === null ? '' : ' AND tenant = {tenant:String}'}
 ORDER BY appendedAt, topic, partition, offset
 LIMIT {limit:UInt32}`,
    params: { messageId, limit, ...(tenant !== null && { tenant }) },
    parseRow: reviewedRecordOf,
  };
}

function reviewedRecordOf(raw: RawRow): ReviewedRecord {
  return {
    ...storedRecordOf(raw),
    shop: String(raw.shop),
    orderId: String(raw.orderId),
    revenueMinor: raw.revenueMinor === null ? null : Number(raw.revenueMinor),
    record: Buffer.from(String(raw.bytes), 'base64'),
  };
}
