import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { createFactsReader } from '../../../services/shared/stores/clickhouse/queries/facts-reader';
import { aJudgedEvent, anEvent, noon } from '../../support/event-builders';
import { anEventsDatabase, type EventsDatabase } from './events-database';

const topic = 'events.click.v1';
const anyOf = { tenant: null, outcomes: null, type: null, user: null, search: null };
const lastMinutes = { ...anyOf, now: noon, since: noon - 600_000, limit: 100 };

/** A record that was appended so many seconds before noon; its offset says how many. */
const recordOf = (seconds: number, part: Partial<JudgedEvent> = {}): JudgedEvent => {
  const appendedAt = noon - seconds * 1000;
  const event = anEvent({
    ...{ messageId: `m-${seconds}`, name: `Name ${seconds}`, anonymousId: `user-${seconds % 2}` },
    ...{ eventAt: appendedAt - 86_400_000, receivedAt: appendedAt, ip: null, userAgent: null },
  });
  const source = { topic, partition: 0, offset: seconds };
  return { ...aJudgedEvent(), source, appendedAt, event, ...part };
};

let database: EventsDatabase;
let facts: ReturnType<typeof createFactsReader>;

const offsets = async (part: object = {}) =>
  (await facts.recentRecords({ ...lastMinutes, ...part })).map(({ source }) => source.offset);

beforeAll(async () => {
  database = await anEventsDatabase();
  facts = createFactsReader(database.clickhouse);
  await database.clickhouse.command('SYSTEM STOP MERGES events').catch(() => {});
  const held = { outcome: 'held', reason: 'rule', firstCounted: false } as const;
  await database.keep([
    ...[1, 5, 30, 200, 601].map((seconds) => recordOf(seconds)),
    recordOf(7, { outcome: 'bot', reason: 'declared_bot' }),
    recordOf(90, held),
  ]);
  // Delivered again; decided on, twice; each in a part of its own.
  await database.keep([recordOf(5)]);
  await database.keep([recordOf(90, { outcome: 'counted', reason: 'released', version: 8 })]);
  await database.keep([recordOf(90, { outcome: 'rejected', reason: 'confirmed', version: 9 })]);
}, 60_000);

afterAll(() => database.drop());

test('latest first, each once in its last version, however old its event is', async () => {
  expect(await offsets()).toEqual([1, 5, 7, 30, 90, 200]);
  const [decided] = await facts.recentRecords({ ...lastMinutes, search: 'M-90' });
  expect(decided).toMatchObject({ outcome: 'rejected', reason: 'confirmed', version: 9 });
});

test.each([
  ['how many', { limit: 3 }, [1, 5, 7]],
  ['since when', { since: noon - 30_000 }, [1, 5, 7, 30]],
  ['a bot', { outcomes: ['bot'] }, [7]],
  ['what stood so before it was decided on', { outcomes: ['held'] }, []],
  ['what a decision made of it', { outcomes: ['rejected'] }, [90]],
  ['a part of a name', { search: 'name 20' }, [200]],
  ['what means something elsewhere', { search: '%' }, []],
  ['a user', { user: 'user-0' }, [30, 90, 200]],
  ['a tenant', { tenant: 'nobody' }, []],
])('%s', async (_, part, expected) => {
  expect(await offsets(part)).toEqual(expected);
});

test('arrivals count each record once, and as kept what is kept now', async () => {
  const rows = await facts.arrivals({ tenant: null, since: noon - 300_000, stepSeconds: 60 });
  expect(rows.map(({ start, ...row }) => [(noon - start) / 60_000, row])).toEqual([
    [4, { arrived: 1, kept: 1 }],
    [2, { arrived: 1, kept: 0 }],
    [1, { arrived: 4, kept: 3 }],
  ]);
});
