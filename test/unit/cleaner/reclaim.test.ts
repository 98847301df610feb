import { reclaim } from '../../../services/cleaner/reclaim';
import type { OffsetRange } from '../../../services/shared/domain/ledger';
import { type Claim, claimOf } from '../../../services/shared/domain/settle';
import { createReadCleaned } from '../../../services/shared/runtime/cleaned-record';
import type { SourceRecord } from '../../../services/shared/runtime/stage';
import { aJudgedEvent } from '../../support/event-builders';
import { testCodecs } from '../../support/fakes/codecs';

const topics = { clean: 'clean', rejected: 'rejected' };
const source = { topic: 'click', partition: 0, offset: 7 };
const counted = aJudgedEvent({ source });
const held = aJudgedEvent({
  ...{ source: { ...source, offset: 8 }, outcome: 'held', reason: 'order_outlier' },
  ...{ evidence: 'ten times the mean', firstCounted: false },
});
const copy = aJudgedEvent({
  ...{ source: { ...source, offset: 9 }, outcome: 'duplicate', reason: 'same_message' },
  ...{ heldBy: counted.source, firstCounted: false },
});

/** Clean 0 ends at 5 and has `counted` at 4, rejected 0 has `held` and `copy` at 0 and 1. */
async function aWorld({ runId = 'before' as string | null, readable = true, known = 3 } = {}) {
  const { judged: codec } = await testCodecs();
  const effects: string[] = [];
  const claimed: Claim[] = [];
  const record = (topic: string, offset: number, judged: typeof counted): SourceRecord => ({
    ...{ topic, partition: 0, offset, appendedAt: 0, key: null },
    value: codec.encode(judged),
  });
  const log = [
    record('clean', 4, counted),
    record('rejected', 0, held),
    record('rejected', 1, copy),
  ];
  const noted: object[] = [];
  const deps = {
    ...{ codec, topics },
    published: {
      read: async () => ({ runId, offsets: new Map([['clean/0', known]]) }),
      whole: async (server: string) => void effects.push(`whole on ${server}`),
    },
    claims: {
      async claim(wanted: readonly Claim[]) {
        claimed.push(...wanted);
        effects.push(`claim ${wanted.map((one) => one.source.offset)}`);
        return [];
      },
    },
    orders: {
      async keep(findings: readonly { evidence: string }[]) {
        effects.push(`keep ${findings.map(({ evidence }) => evidence)}`);
        return [];
      },
    },
    bounds: async (topic: string) => new Map([[0, { low: 0, high: topic === 'clean' ? 5 : 2 }]]),
    async lookUp(ranges: readonly OffsetRange[]) {
      effects.push(`read ${ranges.map(({ topic, from, to }) => `${topic} ${from} to ${to}`)}`);
      const voids = ranges.filter(({ topic }) => topic === 'clean');
      return {
        records: readable ? log : [],
        voids: voids.map((range) => ({ ...range, to: 4 })),
      };
    },
    readCleaned: createReadCleaned({
      sources: new Set(['click']),
      metrics: { count: () => {} },
      log: { error: (fields: object) => void noted.push(fields) },
    }),
    log: { warn: (fields: object) => void noted.push(fields) },
  };
  return { effects, claimed, noted, deps };
}

test('what was published since the claims were known to be whole is claimed as it was', async () => {
  const { effects, claimed, noted, deps } = await aWorld();
  await reclaim('now', deps);
  expect(effects).toEqual([
    'read clean 3 to 5,rejected 0 to 2',
    'claim 7,8',
    'keep ten times the mean',
    'whole on now',
  ]);
  // A copy holds nothing.
  expect(claimed).toEqual([claimOf(counted), claimOf(held)]);
  expect(noted).toEqual([{ records: 4 }]);
});

test('a server whose claims were found whole is not looked at again', async () => {
  const { effects, deps } = await aWorld({ runId: 'now' });
  await reclaim('now', deps);
  expect(effects).toEqual([]);
});

test('nothing is called whole while published records cannot be read', async () => {
  const { effects, deps } = await aWorld({ readable: false, known: 5 });
  await expect(reclaim('now', deps)).rejects.toMatchObject({
    name: 'TransientError',
    message: '0 of 2 published records could be read',
  });
  expect(effects).toEqual(['read rejected 0 to 2']);
});
