import type { TaggedEvent } from '../../../domain/interest';
import type { Query } from './query';
import { taggedColumns, taggedEventOf } from './tagged-columns';

export interface UserEventsFilter {
  readonly tenant: string;
  /** A user id or an anonymous id: an event takes effect under both. */
  readonly id: string;
  /** Event time, from inclusive to exclusive, milliseconds UTC. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

export interface UserEvent extends TaggedEvent {
  readonly messageId: string;
  readonly name: string;
  readonly eventAt: number;
  readonly weightsVersion: number;
}

/** The latest counted events of one user, latest first. The ids have a Bloom filter index. */
export function latestEventsOfUser(filter: UserEventsFilter): Query<UserEvent> {
  return {
    sql: `SELECT messageId, name, toUnixTimestamp64Milli(eventAt) AS at, weightsVersion,
       ${taggedColumns}
  FROM events FINAL
 WHERE tenant = {tenant:String} AND outcome = 'counted'
   AND (anonymousId = {id:String} OR userId = {id:String})
   AND eventAt >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
   AND eventAt < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
 ORDER BY eventAt DESC, messageId DESC
 LIMIT {limit:UInt32}`,
    params: { ...filter },
    parseRow: (raw) => ({
      ...taggedEventOf(raw),
      messageId: String(raw.messageId),
      name: String(raw.name),
      eventAt: Number(raw.at),
      weightsVersion: Number(raw.weightsVersion),
    }),
  };
}
