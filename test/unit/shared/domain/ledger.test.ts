import {
  type Finding,
  ledgerOf,
  type PartitionSpan,
  partitionsWithHoles,
  type SpanRows,
} from '../../../../services/shared/domain/ledger';

const topic = 'events.click.v1';
const rows = (part: Partial<SpanRows>): SpanRows => ({
  ...{ topic, partition: 0, offsets: 0, voids: 0, lastOffset: null, ahead: 0 },
  ...part,
});
const span = (part: Partial<PartitionSpan>): PartitionSpan => ({
  ...{ topic, partition: 0, firstOffset: 0, logEnd: 0 },
  ...part,
});
const finding = (part: Partial<Finding>): Finding => ({
  ...{ topic, partition: 0, kind: 'beyond_end', records: 1, offset: 99 },
  ...part,
});
const nothing = { reasons: [], doubles: [] };
const empty = { spans: [], rows: [], holes: [], findings: [] };
const sound = {
  ...{ missing: 0, firstMissing: null, doubled: 0, firstDoubled: null },
  ...{ extra: 0, firstExtra: null },
};

test('a closed ledger: every accepted record has a row', () => {
  const ledger = ledgerOf({
    ...nothing,
    reasons: [
      { outcome: 'counted', reason: 'clean', events: 7 },
      { outcome: 'counted', reason: 'released', events: 1 },
      { outcome: 'dead', reason: 'not_avro', events: 2 },
    ],
    of: {
      ...empty,
      rows: [rows({ offsets: 10, lastOffset: 14 })],
      spans: [span({ firstOffset: 5, logEnd: 15 })],
    },
  });
  expect(ledger).toMatchObject({ accepted: 10, unaccounted: 0, doubled: 0, extra: 0 });
  expect(ledger.outcomes).toEqual({
    ...{ counted: 8, duplicate: 0, bot: 0, held: 0, rejected: 0, collision: 0, dead: 2, erased: 0 },
  });
  expect(ledger.topics).toEqual([{ topic, partition: 0, first: 5, last: 14, ...sound }]);
});

test.each([
  ['rows end early', rows({ offsets: 8, lastOffset: 7 }), span({ logEnd: 10 }), 2, 8],
  ['rows have a hole', rows({ offsets: 8, lastOffset: 9 }), span({ logEnd: 10 }), 2, 3],
  ['rows do not begin', undefined, span({ firstOffset: 4, logEnd: 10 }), 6, 4],
])('where %s, the first missing offset is named', (_case, row, at, missing, firstMissing) => {
  const some = row === undefined ? [] : [row];
  const holes = partitionsWithHoles(some, [at]).map(() => ({ topic, partition: 0, offset: 3 }));
  const ledger = ledgerOf({ ...nothing, of: { ...empty, rows: some, spans: [at], holes } });
  expect(ledger.unaccounted).toBe(missing);
  expect(ledger.topics[0]).toMatchObject({ missing, firstMissing });
});

test('a row beyond the sampled end says that the end has moved on', () => {
  const ledger = ledgerOf({
    ...nothing,
    of: {
      ...empty,
      rows: [rows({ offsets: 10, lastOffset: 9, ahead: 2 })],
      spans: [span({ logEnd: 10 })],
    },
  });
  expect(ledger).toMatchObject({ accepted: 12, unaccounted: 0 });
});

test('rows that stand for no record are named, and are no accepted records', () => {
  const ledger = ledgerOf({
    ...nothing,
    of: {
      ...empty,
      rows: [
        rows({ offsets: 10, lastOffset: 9, ahead: 1 }),
        rows({ partition: 77, offsets: 0, ahead: 1 }),
      ],
      spans: [span({ logEnd: 10 })],
      findings: [
        finding({}),
        finding({ kind: 'same_coordinates', offset: 4, records: 2 }),
        finding({ kind: 'lost', offset: 1 }),
        finding({ kind: 'no_partition', partition: 77, offset: 5 }),
      ],
    },
  });
  expect(ledger).toMatchObject({ accepted: 10, unaccounted: 0, extra: 4 });
  expect(ledger.topics).toEqual([
    { topic, partition: 0, first: 0, last: 9, ...sound, extra: 3, firstExtra: 4 },
    { topic, partition: 77, first: 0, last: null, ...sound, extra: 1, firstExtra: 5 },
  ]);
});

test('offsets without a record are no accepted records', () => {
  const ledger = ledgerOf({
    ...nothing,
    of: {
      ...empty,
      rows: [rows({ offsets: 10, voids: 3, lastOffset: 9 })],
      spans: [span({ logEnd: 10 })],
    },
  });
  expect(ledger).toMatchObject({ accepted: 7, unaccounted: 0 });
});

test('a part of the ledger knows what it has and not what it lacks', () => {
  const ledger = ledgerOf({
    ...nothing,
    of: [{ topic, partition: 0, firstOffset: 6, lastOffset: 9 }],
    doubles: [{ topic, partition: 0, doubled: 1, firstDoubled: 8 }],
  });
  expect(ledger).toMatchObject({ accepted: null, unaccounted: null, doubled: 1 });
  expect(ledger.topics).toEqual([
    {
      ...{ topic, partition: 0, first: 6, last: 9 },
      ...{ ...sound, missing: null, doubled: 1, firstDoubled: 8 },
    },
  ]);
});
