import type { Kafka } from 'kafkajs';
import { createMetrics } from '../../../../services/shared/runtime/metrics';
import { stateReactions } from '../../../../services/shared/runtime/state-reactions';
import { keepingLog } from '../../../support/log-lines';

/** A service with two consumers, on a Kafka where these groups have committed. */
function aService(committed: readonly string[]) {
  const asked: string[] = [];
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    async fetchOffsets({ groupId, topics }: { groupId: string; topics: readonly string[] }) {
      asked.push(groupId);
      const offset = committed.includes(groupId) ? '3' : '-1';
      return topics.map((topic) => ({ topic, partitions: [{ partition: 0, offset }] }));
    },
  };
  const wentBack: number[] = [];
  const consumers: { startOver(): Promise<void> }[] = [];
  const { log, lines } = keepingLog();
  const metrics = createMetrics('cleaner');
  const reactions = stateReactions({
    ...{ kafka: { admin: () => admin } as unknown as Kafka, consumers, log, metrics },
    ...{ topicPrefix: 't.', groupPrefix: 'g.' },
  });
  // They start after the state is watched.
  consumers.push(...[0, 1].map((nth) => ({ startOver: async () => void wentBack.push(nth) })));
  return { reactions, asked, wentBack, lines, metrics };
}

test('an empty Redis is a new one only where no group that writes there has read anything', async () => {
  const { reactions, asked } = aService([]);
  expect(await reactions.isNew()).toBe(true);
  expect(asked.sort()).toEqual(['g.cleaner', 'g.cleaner-import', 'g.interests']);
  expect(await aService(['g.interests']).reactions.isNew()).toBe(false);
  expect(await aService(['g.metrics']).reactions.isNew()).toBe(true);
});

test('where Redis was started anew every consumer goes back', async () => {
  const { reactions, wentBack, lines } = aService([]);
  await reactions.goBack();
  expect(wentBack).toEqual([0, 1]);
  expect(lines).toMatchObject([{ level: 'warn' }]);
});

test('a lost state is an error and a metric until it is there again', async () => {
  const { reactions, lines, metrics } = aService([]);
  const lost = async () => /^tributary_redis_state_lost.* (\d)$/m.exec(await metrics.text())?.[1];
  reactions.onLost('its canary is gone');
  expect(await lost()).toBe('1');
  reactions.onLost(null);
  expect(await lost()).toBe('0');
  expect(lines).toMatchObject([
    { level: 'error', fields: { why: 'its canary is gone' } },
    { level: 'info' },
  ]);
});
