import {
  createAssignment,
  type OwnedPartition,
} from '../../../../../services/shared/runtime/consumer/assignment';
import { partitionsLive, reportLag } from '../../../../../services/shared/runtime/consumer/lag';
import { createMetrics } from '../../../../../services/shared/runtime/metrics';

function aPartition(part: Partial<OwnedPartition>): OwnedPartition {
  const assignment = createAssignment();
  assignment.replace({ a: [0] });
  const [owned] = assignment.all();
  if (owned === undefined) throw new Error('not assigned');
  return Object.assign(owned, { waiting: null, ...part });
}

const longAgo = () => performance.now() - 70_000;

test.each([
  ['nothing to read', { position: 5, end: 5, movedAt: longAgo() }, true],
  [
    'records to read, moved lately',
    { position: 4, end: 5, movedAt: performance.now() - 1000 },
    true,
  ],
  ['records to read, not moved', { position: 4, end: 5, movedAt: longAgo() }, false],
  ['never let in', { position: null, end: 5, movedAt: longAgo() }, false],
  ['done and not committed', { position: 5, end: 5, uncommittedSince: longAgo() }, false],
  ['done, and a commit is due', { position: 5, end: 5, uncommittedSince: performance.now() }, true],
])('%s: live %s', (_name, part, ok) => {
  expect(partitionsLive([aPartition(part)], () => false, 60_000).ok).toBe(ok);
});

test('a partition that waits for a server is live: starting again would not mend the server', () => {
  const waiting = aPartition({ position: 4, end: 5, movedAt: longAgo() });
  expect(partitionsLive([waiting], () => true, 60_000)).toEqual({ ok: true });
});

test('the reason names the partition and where it stands', () => {
  const stuck = aPartition({ position: 4, end: 9, movedAt: longAgo() });
  expect(partitionsLive([stuck], () => false, 60_000)).toEqual({
    ok: false,
    why: 'a/0 at offset 4 of 9 has not moved for 70 s',
  });
});

async function lagOf(part: Partial<OwnedPartition>): Promise<readonly (string | undefined)[]> {
  const metrics = createMetrics('cleaner');
  reportLag(aPartition(part), metrics);
  const text = await metrics.text();
  const value = (unit: string) =>
    new RegExp(`tributary_consumer_lag_${unit}\\{topic="a",[^}]*\\} (.*)`).exec(text)?.[1];
  return [value('records'), value('seconds')];
}

test('lag is in records and, where it is known, in seconds', async () => {
  expect(await lagOf({ position: null, end: 5 })).toEqual([undefined, undefined]);
  expect(await lagOf({ position: 5, end: 5 })).toEqual(['0', '0']);
  expect(await lagOf({ position: 2, end: 5 })).toEqual(['3', undefined]);
  const [records, seconds] = await lagOf({
    position: 2,
    end: 5,
    oldestAt: Date.now() - 5000,
  });
  expect(records).toBe('3');
  expect(Number(seconds)).toBeCloseTo(5, 0);
});
