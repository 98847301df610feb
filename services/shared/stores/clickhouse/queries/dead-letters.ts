import type { Query } from './query';

export interface DeadLetterFilter {
  /** Null: any. */
  readonly reason: string | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: number | null;
}

export interface DeadLetter {
  readonly reason: string;
  /** The message value its row was made from (JudgedEvent). */
  readonly record: Buffer;
}

/** Dead records as they last stand, in the order they came. */
export function deadLetters(filter: DeadLetterFilter): Query<DeadLetter> {
  const { reason, topic, partition, offset } = filter;
  const conditions = ["outcome = 'dead'"];
  if (reason !== null) conditions.push('reason = {reason:String}');
  if (topic !== null) conditions.push('topic = {topic:String}');
  if (partition !== null) conditions.push('partition = {partition:UInt16}');
  if (offset !== null) conditions.push('offset = {offset:UInt64}');
  return {
    sql: `SELECT reason, base64Encode(record) AS bytes
  FROM events FINAL
 WHERE ${conditions.join(' AND ')}
 ORDER BY appendedAt, topic, partition, offset`,
    params: {
      ...(reason !== null && { reason }),
      ...(topic !== null && { topic }),
      ...(partition !== null && { partition }),
      ...(offset !== null && { offset }),
    },
    parseRow: (raw) => ({
      reason: String(raw.reason),
      record: Buffer.from(String(raw.bytes), 'base64'),
    }),
  };
}

/** How many records of a message came through as anything but a dead letter. */
export function cameThrough(tenant: string, messageId: string): Query<number> {
  return {
    sql: `SELECT count() AS records
  FROM events FINAL
 WHERE tenant = {tenant:String} AND messageId = {messageId:String} AND outcome != 'dead'`,
    params: { tenant, messageId },
    parseRow: ({ records }) => Number(records),
  };
}
