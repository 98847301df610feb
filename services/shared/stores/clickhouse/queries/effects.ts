import type { Coordinates } from '../../../domain/event';
import { funnelSteps } from '../../../domain/funnel';
import { defaultConversionMs } from '../../../domain/funnel-report';
import { sessionLookBackMs } from '../../../domain/session';
import type { RecordEffects, StoredRecord, WindowPart } from '../../../domain/stored-record';
import { channelMarks } from '../channel-windows';
import type { ClickHouse } from '../client';
import { type FactScope, factsSql, scopeParams } from '../facts';
import { effectiveOrdersSql, sessionsSql } from '../sessions';
import { ask, type Query } from './query';

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** What a counted record has a part in: its session, the stored windows, its order. */
export async function readEffects(
  clickhouse: ClickHouse,
  record: StoredRecord,
  zone: string,
): Promise<RecordEffects> {
  const [sessions, hours, copies] = await Promise.all([
    ask(clickhouse, sessionOf(record, zone)),
    isLaterStep(record) ? ask(clickhouse, enteringHours(record)) : [],
    record.orderKey === '' ? [] : ask(clickhouse, effectiveCopy(record)),
  ]);
  const [session = null] = sessions;
  const [copy] = copies;
  return {
    session,
    windows: windowsOf(record, session, hours),
    order: copy === undefined ? null : { key: record.orderKey, countsBy: copy },
  };
}

function windowsOf(
  { type, eventAt }: StoredRecord,
  session: RecordEffects['session'],
  hours: readonly number[],
): readonly WindowPart[] {
  const windows: WindowPart[] = [];
  if (channelMarks.includes(type)) {
    windows.push({ table: 'channel_1m', start: floor(eventAt, minuteMs), as: 'event' });
  }
  if (session !== null) {
    windows.push({ table: 'channel_1m', start: floor(session.start, minuteMs), as: 'session' });
  }
  if (type === funnelSteps[0]) {
    windows.push({ table: 'funnel_1h', start: floor(eventAt, hourMs), as: 'event' });
  }
  for (const start of hours) windows.push({ table: 'funnel_1h', start, as: 'step' });
  return windows;
}

/** The session that the record's event belongs to. */
function sessionOf(record: StoredRecord, zone: string): Query<{ start: number; channel: string }> {
  const sessions = sessionsSql({
    scope: around(record, sessionLookBackMs, sessionLookBackMs),
    selfReferral: 'clean',
    marks: [record.type],
    zones: new Map([[record.tenant, zone]]),
    prewhere: ofUser,
  });
  return {
    sql: `SELECT toUnixTimestamp64Milli(start) AS startMs, channel
  FROM (${sessions.text})
 WHERE arrayExists(mark -> mark.messageId = {messageId:String}, marks)
 LIMIT 1`,
    params: { ...sessions.params, userHash: record.userHash, messageId: record.messageId },
    parseRow: (raw) => ({ start: Number(raw.startMs), channel: String(raw.channel) }),
  };
}

/** Hours in which the user entered the funnel early enough for this step to be in reach. */
function enteringHours(record: StoredRecord): Query<number> {
  const scope = around(record, defaultConversionMs, 1);
  return {
    sql: `SELECT DISTINCT toUnixTimestamp(toStartOfHour(eventAt)) AS hour
  FROM (${factsSql('eventAt, type', scope, ofUser)})
 WHERE type = {entry:String}
 ORDER BY hour`,
    params: { ...scopeParams(scope), userHash: record.userHash, entry: funnelSteps[0] },
    parseRow: (raw) => Number(raw.hour) * 1000,
  };
}

/** The copy of the record's order that counts. */
function effectiveCopy({ tenant, orderKey }: StoredRecord): Query<Coordinates> {
  const copies = effectiveOrdersSql('tenant = {tenant:String} AND orderKey = {orderKey:String}');
  return {
    sql: `SELECT copy.1 AS topic, copy.2 AS partition, copy.3 AS offset
  FROM (SELECT tuple(*) AS copy FROM (${copies}))`,
    params: { tenant, orderKey, outcomes: ['counted'] },
    parseRow: (raw) => ({
      topic: String(raw.topic),
      partition: Number(raw.partition),
      offset: Number(raw.offset),
    }),
  };
}

const ofUser = 'userHash = {userHash:UInt64}';

function isLaterStep({ type }: StoredRecord): boolean {
  return funnelSteps.indexOf(type) > 0;
}

function around({ tenant, eventAt }: StoredRecord, beforeMs: number, afterMs: number): FactScope {
  return { tenant, from: eventAt - beforeMs, to: eventAt + afterMs, traffic: 'clean' };
}

function floor(time: number, unitMs: number): number {
  return time - (time % unitMs);
}
