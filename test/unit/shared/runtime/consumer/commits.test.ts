import { setTimeout as sleep } from 'node:timers/promises';
import { createAssignment } from '../../../../../services/shared/runtime/consumer/assignment';
import {
  type CommitCall,
  createCommits,
} from '../../../../../services/shared/runtime/consumer/commits';
import { createMetrics } from '../../../../../services/shared/runtime/metrics';
import { keepingLog } from '../../../../support/log-lines';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function scene(mode: 'processed' | 'marked' = 'processed', everyMs = 60_000) {
  const assignment = createAssignment();
  assignment.replace({ a: [0, 1], b: [0] });
  const { log } = keepingLog();
  const metrics = createMetrics('cleaner');
  let refusals = 0;
  const onRefused = () => {
    refusals += 1;
  };
  const commits = createCommits({ assignment, mode, everyMs, onRefused, log, metrics });
  stops.push(commits.stop);
  const requests: unknown[] = [];
  let fails: Error | null = null;
  const call: CommitCall = async (offsets) => {
    await sleep(1);
    requests.push(offsets?.topics);
    if (fails !== null) throw fails;
  };
  commits.use(call);
  const owned = (topic: string, partition: number) => {
    const found = assignment.find(topic, partition);
    if (found === undefined) throw new Error('not assigned');
    return found;
  };
  return {
    ...{ assignment, commits, requests, owned },
    fail(error: Error | null) {
      fails = error;
    },
    refusals: () => refusals,
  };
}

const protocolError = (type: string) => Object.assign(new Error(type), { type });

test('what moved is committed in one request, and only once', async () => {
  const { commits, requests, owned } = scene();
  owned('a', 0).position = 5;
  owned('a', 1).position = 7;
  owned('b', 0).position = 9;
  owned('b', 0).committed = 9;
  await commits.flush();
  await commits.flush();
  const partitions = [
    { partition: 0, offset: '5' },
    { partition: 1, offset: '7' },
  ];
  expect(requests).toEqual([[{ topic: 'a', partitions }]]);
});

test('marked: no further than said, and no further than processed', async () => {
  const { commits, requests, owned } = scene('marked');
  owned('a', 0).position = 5;
  owned('a', 1).position = 7;
  owned('a', 0).marked = 3;
  owned('a', 1).marked = 99;
  owned('b', 0).marked = 4;
  await commits.flush();
  const partitions = [
    { partition: 0, offset: '3' },
    { partition: 1, offset: '7' },
  ];
  expect(requests).toEqual([[{ topic: 'a', partitions }]]);
});

test('an offset below the committed one is never committed', async () => {
  const { commits, requests, owned } = scene();
  owned('a', 0).committed = 10;
  owned('a', 0).position = 8;
  await commits.flush();
  expect(requests).toEqual([]);
});

test('a commit that failed is made again; one at a time', async () => {
  const { commits, requests, owned, fail, refusals } = scene();
  owned('a', 0).position = 5;
  fail(protocolError('REBALANCE_IN_PROGRESS'));
  await Promise.all([commits.flush(), commits.flush()]);
  expect(requests).toHaveLength(1);
  fail(null);
  await commits.flush();
  await commits.flush();
  expect(requests).toHaveLength(2);
  expect(refusals()).toBe(0);
});

test.each(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])(
  '%s: the partitions are ours no more',
  async (type) => {
    const { commits, owned, fail, refusals } = scene();
    owned('a', 0).position = 5;
    fail(Object.assign(new Error('wrapped'), { cause: protocolError(type) }));
    await commits.flush();
    expect(refusals()).toBe(1);
  },
);

test('a refusal that comes after the next join is about what was ours before it', async () => {
  const { assignment, commits, owned, fail, refusals } = scene();
  owned('a', 0).position = 5;
  fail(protocolError('ILLEGAL_GENERATION'));
  const flushed = commits.flush();
  assignment.replace({ a: [0] });
  await flushed;
  expect(refusals()).toBe(0);
});

test('what was processed before a rebalance is not committed after it', async () => {
  const { assignment, commits, requests, owned } = scene();
  const before = owned('a', 0);
  assignment.replace({ a: [0] });
  before.position = 50;
  await commits.flush();
  expect(requests).toEqual([]);
});

test('nothing goes out without a call of this generation', async () => {
  const { commits, requests, owned } = scene();
  owned('a', 0).position = 5;
  commits.use(null);
  await commits.flush();
  expect(requests).toEqual([]);
});

test('where a log begins does not wait to be committed; what a batch has done does', async () => {
  const { commits, owned } = scene();
  commits.use(null);
  owned('a', 0).position = 0;
  await commits.flush();
  expect(owned('a', 0).uncommittedSince).toBeNull();

  commits.use(async () => {
    throw new Error('away');
  });
  owned('a', 0).position = 5;
  await commits.flush();
  expect(owned('a', 0).uncommittedSince).not.toBeNull();
});

test('commits go out on their own cadence', async () => {
  const { requests, owned } = scene('processed', 20);
  owned('a', 0).position = 1;
  await sleep(60);
  owned('a', 0).position = 2;
  await sleep(60);
  expect(requests).toHaveLength(2);
});
