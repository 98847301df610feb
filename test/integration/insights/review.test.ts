import { eventRow } from '../../../services/shared/domain/event-row';
import { decisionVersion, type JudgedEvent } from '../../../services/shared/domain/outcome';
import { decidedRecord, type ReviewWord } from '../../../services/shared/domain/review';
import { createEventsStore } from '../../../services/shared/stores/clickhouse/events-store';
import { ask } from '../../../services/shared/stores/clickhouse/queries/query';
import {
  type QueueFilter,
  reviewedRecords,
  reviewQueue,
} from '../../../services/shared/stores/clickhouse/queries/review';
import { createUserHash } from '../../../services/shared/stores/clickhouse/user-hash';
import { aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { anEventsDatabase, type EventsDatabase } from './events-database';

const hourMs = 3_600_000;
/** No UTF-8: what a row keeps must come back byte by byte. */
const bytesOf = (judged: JudgedEvent) =>
  Buffer.from([0, 255, judged.source.offset, judged.version % 251]);
let database: EventsDatabase;

function held(offset: number, part: Partial<JudgedEvent> = {}): JudgedEvent {
  const event = anEvent({
    ...{ messageId: `m-${offset}`, anonymousId: `u-${offset % 3}`, type: 'order_completed' },
    ...{ eventAt: noon + (offset % 5) * hourMs, shop: 'Acme', currency: 'USD' },
    effect: {
      ...{ orderId: `o-${offset}`, revenueMinor: 900_719_925_474_099, coupon: null },
      ...{ taxMinor: null, shippingMinor: null },
    },
  });
  const source = { topic: 'events.order.v1', partition: offset % 2, offset };
  const verdict = { outcome: 'held', reason: 'rule', evidence: `why ${offset}` } as const;
  // Two of each append time, to be told apart by their coordinates.
  const appendedAt = noon + (offset >> 1);
  return aJudgedEvent({
    ...verdict,
    firstCounted: false,
    source,
    appendedAt,
    event,
    ...part,
  } as never);
}

function decided(record: JudgedEvent, word: ReviewWord, offset: number): JudgedEvent {
  const decision = { reviewer: 'rita', note: '', decidedAt: noon, byPerson: true };
  return { ...decidedRecord(record, word, decision), version: decisionVersion(offset, true) };
}

const waiting = Array.from({ length: 20 }, (_, offset) => held(offset));

beforeAll(async () => {
  database = await anEventsDatabase();
  const store = createEventsStore(database.clickhouse, createUserHash('a key for tests'));
  const all = [
    ...waiting,
    decided(held(3), 'release', 5),
    decided(held(4), 'confirm', 6),
    // The original once more, after its decision: no version undoes a higher one.
    held(4),
    held(90, { outcome: 'counted', reason: 'clean', evidence: '', firstCounted: true }),
    held(91, { event: anEvent({ tenant: 'other', messageId: 'm-91' }) }),
  ];
  for (const part of [all.slice(0, 21), all.slice(21)]) {
    const rows = store.begin();
    for (const judged of part) rows.add(eventRow(judged, bytesOf(judged)));
    expect(await store.insert(rows)).toEqual([]);
  }
}, 60_000);
afterAll(() => database.drop(), 60_000);

async function pages(filter: Partial<QueueFilter>, limit: number): Promise<number[][]> {
  const found: number[][] = [];
  const first: QueueFilter = { tenant: 'demo', outcome: 'held', after: null, limit, ...filter };
  for (let asked = first; ; ) {
    const rows = await ask(database.clickhouse, reviewQueue(asked));
    const last = rows.at(-1);
    if (last === undefined) return found;
    found.push(rows.map(({ source }) => source.offset));
    asked = { ...asked, after: last };
  }
}

test('the queue has what is held as it last stands, newest first, each once over its pages', async () => {
  const left = waiting.filter(({ source }) => source.offset !== 3 && source.offset !== 4);
  const newestFirst = [...left].sort(
    (a, b) => b.appendedAt - a.appendedAt || b.source.partition - a.source.partition,
  );
  const found = await pages({}, 7);
  expect(found.map((page) => page.length)).toEqual([7, 7, 4]);
  expect(found.flat()).toEqual(newestFirst.map(({ source }) => source.offset));
  expect(await pages({ outcome: 'rejected' }, 7)).toEqual([[4]]);
  expect(await pages({ tenant: 'other' }, 7)).toEqual([[91]]);
});

test('a row comes with the bytes of its last version, and what its order says', async () => {
  const filter = { tenant: null, messageId: 'm-4', limit: 10 };
  const [row] = await ask(database.clickhouse, reviewedRecords(filter));
  const last = decided(held(4), 'confirm', 6);
  expect(row).toMatchObject({
    ...{ outcome: 'rejected', reason: 'confirmed', evidence: 'why 4', version: last.version },
    ...{ shop: 'Acme', orderId: 'o-4', revenueMinor: 900_719_925_474_099, currency: 'USD' },
    record: bytesOf(last),
  });
  expect(await ask(database.clickhouse, reviewedRecords({ ...filter, tenant: 'other' }))).toEqual(
    [],
  );
});
