import type { PathInCurrency } from '../../../domain/attribution-report';
import type { ChannelReport } from '../../../domain/channel-report';
import type { FunnelReport } from '../../../domain/funnel-report';
import type { Ledger } from '../../../domain/ledger';
import type { RecordEffects, ReviewedRecord, StoredRecord } from '../../../domain/stored-record';
import type { ClickHouse } from '../client';
import { type ChannelsFilter, readChannels } from './channels';
import { type CountsFilter, type EventCount, eventCounts } from './counts';
import { readEffects } from './effects';
import { type FunnelQuestion, readFunnel } from './funnel';
import { type LedgerFilter, readLedger } from './ledger';
import { conversionPaths, type PathsFilter } from './paths';
import { ask } from './query';
import {
  type Arrivals,
  type ArrivalsFilter,
  arrivals,
  type RecentFilter,
  readRecentRecords,
} from './recent-records';
import type { RecordsFilter } from './records';
import { type QueueFilter, reviewedRecords, reviewQueue } from './review';
import { latestEventsOfUser, type UserEvent, type UserEventsFilter } from './user-events';

/** Every question that is asked of ClickHouse about events. All reject with a TransientError while
 *  the server cannot answer. */
export interface FactsReader {
  ledger(filter: LedgerFilter): Promise<Ledger>;
  counts(filter: CountsFilter): Promise<readonly EventCount[]>;
  funnel(question: FunnelQuestion): Promise<FunnelReport>;
  channels(filter: ChannelsFilter): Promise<ChannelReport>;
  paths(filter: PathsFilter): Promise<readonly PathInCurrency[]>;
  recentRecords(filter: RecentFilter): Promise<readonly StoredRecord[]>;
  arrivals(filter: ArrivalsFilter): Promise<readonly Arrivals[]>;
  effects(record: StoredRecord, zone: string): Promise<RecordEffects>;
  reviewQueue(filter: QueueFilter): Promise<readonly ReviewedRecord[]>;
  reviewed(filter: RecordsFilter): Promise<readonly ReviewedRecord[]>;
  userEvents(filter: UserEventsFilter): Promise<readonly UserEvent[]>;
}

export function createFactsReader(clickhouse: ClickHouse): FactsReader {
  return {
    ledger: (filter) => readLedger(clickhouse, filter),
    counts: (filter) => ask(clickhouse, eventCounts(filter)),
    funnel: (question) => readFunnel(clickhouse, question),
    channels: (filter) => readChannels(clickhouse, filter),
    paths: (filter) => ask(clickhouse, conversionPaths(filter)),
    recentRecords: (filter) => readRecentRecords(clickhouse, filter),
    arrivals: (filter) => ask(clickhouse, arrivals(filter)),
    effects: (record, zone) => readEffects(clickhouse, record, zone),
    reviewQueue: (filter) => ask(clickhouse, reviewQueue(filter)),
    reviewed: (filter) => ask(clickhouse, reviewedRecords(filter)),
    userEvents: (filter) => ask(clickhouse, latestEventsOfUser(filter)),
  };
}
