import { readLedger } from '../../../services/shared/stores/clickhouse/queries/ledger';
import { aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { anEventsDatabase, type EventsDatabase } from './events-database';

const topic = 'events.click.v1';
const everything = { tenant: null, from: null, to: null };
const at = (offset: number, part: Parameters<typeof aJudgedEvent>[0] = {}) =>
  aJudgedEvent({
    source: { topic, partition: 0, offset },
    appendedAt: noon + offset,
    event: anEvent({ messageId: `m-${offset}` }),
    ...part,
  });
const partition0 = { topic, partition: 0, first: 2 };
const sound = {
  ...{ missing: 0, firstMissing: null, doubled: 0, firstDoubled: null },
  ...{ extra: 0, firstExtra: null },
};

let database: EventsDatabase;

beforeEach(async () => {
  database = await anEventsDatabase();
  const { clickhouse } = database;
  const recordedAt = '2026-01-01 00:00:00.000';
  const starts = [0, 1].map((partition) => ({ topic, partition, firstOffset: 2, recordedAt }));
  await clickhouse.insert('topic_starts', starts);
  await sampledEnd(0, 6);
  await sampledEnd(1, 2);
}, 30_000);

afterEach(() => database.drop());

function sampledEnd(partition: number, logEnd: number): Promise<void> {
  const sampledAt = '2026-01-02 00:00:00.000';
  return database.clickhouse.insert('topic_ends', [
    { topic, partition, logStart: 0, logEnd, sampledAt },
  ]);
}

test('every record has one outcome, however often it was written and decided on', async () => {
  const held = at(3, { outcome: 'held', reason: 'rule', firstCounted: false });
  await database.keep([at(2), held, at(4, { outcome: 'bot', reason: 'declared_bot' })]);
  await database.keep([
    at(2),
    { ...held, outcome: 'counted', reason: 'released', version: 9 },
    held,
  ]);
  const undecodable = { event: null, outcome: 'dead', reason: 'not_avro' } as const;
  await database.keep([{ ...at(5), ...undecodable }]);
  expect(await readLedger(database.clickhouse, everything)).toEqual({
    accepted: 4,
    outcomes: {
      counted: 2,
      duplicate: 0,
      bot: 1,
      held: 0,
      rejected: 0,
      collision: 0,
      dead: 1,
      erased: 0,
    },
    reasons: [
      { outcome: 'bot', reason: 'declared_bot', events: 1 },
      { outcome: 'counted', reason: 'clean', events: 1 },
      { outcome: 'counted', reason: 'released', events: 1 },
      { outcome: 'dead', reason: 'not_avro', events: 1 },
    ],
    unaccounted: 0,
    doubled: 0,
    extra: 0,
    topics: [
      { ...partition0, last: 5, ...sound },
      { ...partition0, partition: 1, last: null, ...sound },
    ],
    findings: [],
  });
});

test('a record without a row is unaccounted for, and named', async () => {
  await database.keep([at(2), at(5)]);
  const { accepted, unaccounted, topics } = await readLedger(database.clickhouse, everything);
  expect([accepted, unaccounted]).toEqual([4, 2]);
  expect(topics[0]).toMatchObject({ missing: 2, firstMissing: 3 });
});

test('the first record of all may be the one that is missing', async () => {
  await database.keep([at(3), at(4), at(5)]);
  const { topics } = await readLedger(database.clickhouse, everything);
  expect(topics[0]).toMatchObject({ missing: 1, firstMissing: 2 });
});

test('the same message counted at two coordinates is doubled; other content is not', async () => {
  const again = { event: anEvent({ messageId: 'm-2' }) };
  const other = { event: anEvent({ messageId: 'm-2', contentHash: 'b' }) };
  const retracted = { ...again, outcome: 'rejected', reason: 'retracted' } as const;
  await database.keep([at(2), at(3, again), at(4, other), at(5, retracted)]);
  const { doubled, topics } = await readLedger(database.clickhouse, everything);
  expect([doubled, topics.map((one) => one.firstDoubled)]).toEqual([1, [3, null]]);
});

test('an offset at which Kafka has no record is no accepted record', async () => {
  await database.keep([at(2), at(3), at(5)]);
  const row = { tenant: '', topic, partition: 0, offset: 4, outcome: 'void' };
  const appendedAt = '2026-01-15 12:00:00.000';
  const times = { appendedAt, eventAt: appendedAt, receivedAt: appendedAt };
  await database.clickhouse.insert('events', [{ ...row, ...times }]);
  const ledger = await readLedger(database.clickhouse, everything);
  expect(ledger).toMatchObject({ accepted: 3, unaccounted: 0, outcomes: { counted: 3 } });
});

test('of a tenant and a time only what was written is known', async () => {
  const elsewhere = { event: anEvent({ tenant: 'other', messageId: 'm-9' }) };
  await database.keep([at(2), at(3), at(4, elsewhere), at(5)]);
  const ofTenant = await readLedger(database.clickhouse, { ...everything, tenant: 'demo' });
  expect(ofTenant).toMatchObject({ accepted: null, unaccounted: null, outcomes: { counted: 3 } });
  const ofTime = { ...everything, from: noon + 3, to: noon + 5 };
  expect(await readLedger(database.clickhouse, ofTime)).toMatchObject({
    accepted: null,
    outcomes: { counted: 2 },
    topics: [{ topic, partition: 0, first: 3, last: 4, missing: null, firstMissing: null }],
  });
});
