import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type OutageRow, ordinary } from './outage-row';
import type { World } from './world';

/** Each partition's leader moves to another broker as an operator moves it, and back because that
 *  broker dies, which is when a producer may be told of a record that nobody has. */
export const leaderMoves: OutageRow = {
  ...{ ...ordinary, name: 'kafka-leader-moves' },
  done: 'every partition is moved to a second broker, the first one follows it, the second is killed',
  async run(world, lastsMs) {
    const second = await world.anotherBroker();
    try {
      await place(world, [second.nodeId]);
      await leads(world, second.nodeId);
      await sleep(lastsMs / 2);
      await place(world, [second.nodeId, 1]);
      await leads(world, second.nodeId);
      await sleep(lastsMs / 2);
    } finally {
      await second.kill();
    }
    const killedAt = Date.now();
    await leads(world, 1);
    const tookMs = Date.now() - killedAt;
    await place(world, [1]);
    return `the moves: later tags; the death: 503 and waiting tags until the other broker leads, ${(tookMs / 1000).toFixed(1)} s`;
  },
};

/** Also of what the groups have committed, and so their coordinators. */
async function partitionsOf({ installation: { admin, topics } }: World) {
  const names = [...Object.values(topics), '__consumer_offsets'];
  return (await admin.fetchTopicMetadata({ topics: names })).topics;
}

/** Puts every partition on these brokers, and waits until all of them have everything. */
async function place(world: World, replicas: number[]): Promise<void> {
  const { admin } = world.installation;
  const topics = (await partitionsOf(world)).map(({ name: topic, partitions }) => ({
    topic,
    partitionAssignment: partitions.map(({ partitionId }) => ({
      partition: partitionId,
      replicas,
    })),
  }));
  await admin.alterPartitionReassignments({ topics });
  const inSync = (isr: readonly number[]) =>
    isr.length === replicas.length && replicas.every((id) => isr.includes(id));
  await everyPartition(world, `replicas on ${replicas}`, ({ isr }) => inSync(isr));
}

function leads(world: World, broker: number): Promise<void> {
  return everyPartition(world, `leaders on ${broker}`, ({ leader }) => leader === broker);
}

async function everyPartition(
  world: World,
  message: string,
  isSo: (partition: { readonly leader: number; readonly isr: number[] }) => boolean,
): Promise<void> {
  const all = async () =>
    (await partitionsOf(world)).every(({ partitions }) => partitions.every(isSo));
  await eventually(all, { deadlineMs: 60_000, message, everyMs: 50 });
}
