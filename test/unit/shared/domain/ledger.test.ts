import {
  ledgerOf,
  type PartitionRows,
  type PartitionSpan,
  partitionsWithHoles,
} from '../../../../services/shared/domain/ledger';

const topic = 'events.click.v1';
const rows = (part: Partial<PartitionRows>): PartitionRows => ({
  ...{ topic, partition: 0, offsets: 0, voids: 0, firstOffset: 0, lastOffset: 0 },
  ...part,
});
const span = (part: Partial<PartitionSpan>): PartitionSpan => ({
  ...{ topic, partition: 0, firstOffset: 0, logEnd: 0 },
  ...part,
});
const nothing = { reasons: [], rows: [], spans: [], doubles: [], holes: [] };

test('a closed ledger: every accepted record has a row', () => {
  const ledger = ledgerOf({
    ...nothing,
    reasons: [
      { outcome: 'counted', reason: 'clean', events: 7 },
      { outcome: 'counted', reason: 'released', events: 1 },
      { outcome: 'dead', reason: 'not_avro', events: 2 },
    ],
    rows: [rows({ offsets: 10, firstOffset: 5, lastOffset: 14 })],
    spans: [span({ firstOffset: 5, logEnd: 15 })],
  });
  expect(ledger).toMatchObject({ accepted: 10, unaccounted: 0, doubled: 0 });
  expect(ledger.outcomes).toEqual({
    ...{ counted: 8, duplicate: 0, bot: 0, held: 0, rejected: 0, collision: 0, dead: 2, erased: 0 },
  });
  expect(ledger.topics).toEqual([
    { topic, partition: 0, first: 5, last: 14, missing: 0, firstMissing: null, doubled: 0 },
  ]);
});

test.each([
  ['rows end early', rows({ offsets: 8, lastOffset: 7 }), span({ logEnd: 10 }), 2, 8],
  ['rows have a hole', rows({ offsets: 8, lastOffset: 9 }), span({ logEnd: 10 }), 2, 3],
  ['rows do not begin', undefined, span({ firstOffset: 4, logEnd: 10 }), 6, 4],
])('where %s, the first missing offset is named', (_case, row, at, missing, firstMissing) => {
  const some = row === undefined ? [] : [row];
  const holes = partitionsWithHoles(some, [at]).map(() => ({ topic, partition: 0, offset: 3 }));
  const ledger = ledgerOf({ ...nothing, rows: some, spans: [at], holes });
  expect(ledger.unaccounted).toBe(missing);
  expect(ledger.topics[0]).toMatchObject({ missing, firstMissing });
});

test('a row beyond the sampled end proves that the end has moved on', () => {
  const ledger = ledgerOf({
    ...nothing,
    rows: [rows({ offsets: 12, lastOffset: 11 })],
    spans: [span({ logEnd: 10 })],
  });
  expect(ledger).toMatchObject({ accepted: 12, unaccounted: 0 });
});

test('a partition that came after set-up is accepted from its beginning', () => {
  const later = rows({ partition: 4, offsets: 2, firstOffset: 1, lastOffset: 2 });
  const ledger = ledgerOf({ ...nothing, rows: [later], spans: [span({ logEnd: 0 })] });
  expect(ledger).toMatchObject({ accepted: 3, unaccounted: 1 });
  expect(ledger.topics.map(({ partition, last }) => [partition, last])).toEqual([
    [0, null],
    [4, 2],
  ]);
});

test('offsets without a record are no accepted records', () => {
  const ledger = ledgerOf({
    ...nothing,
    rows: [rows({ offsets: 10, voids: 3, lastOffset: 9 })],
    spans: [span({ logEnd: 10 })],
  });
  expect(ledger).toMatchObject({ accepted: 7, unaccounted: 0 });
});

test('a part of the ledger knows what it has and not what it lacks', () => {
  const ledger = ledgerOf({
    ...nothing,
    rows: [rows({ offsets: 2, firstOffset: 6, lastOffset: 9 })],
    spans: null,
    doubles: [{ topic, partition: 0, doubled: 1 }],
  });
  expect(ledger).toMatchObject({ accepted: null, unaccounted: null, doubled: 1 });
  expect(ledger.topics).toEqual([
    { topic, partition: 0, first: 6, last: 9, missing: null, firstMissing: null, doubled: 1 },
  ]);
});
