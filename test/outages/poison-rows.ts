import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type OutageRow, ordinary } from './outage-row';
import { appendPoison, deadOfPoison, judgedOf, type Poisoned } from './poison';
import { waits } from './waits';
import type { World } from './world';

const deadWithinMs = 1000;

/** Records that are no events, in partitions where others are on their way. */
export const poison: OutageRow = {
  ...{ ...ordinary, name: 'poison', leavesTags: true },
  done: '12 undecodable records in busy partitions, again and again',
  async run(world, lastsMs) {
    const until = Date.now() + lastsMs;
    const tookMs: number[] = [];
    do {
      const before = await deadOfPoison(world);
      const { storedAt } = await appendPoison(world, 12);
      const all = async () => (await deadOfPoison(world)) >= before + 12;
      await eventually(all, { deadlineMs: 15_000, message: '12 dead letters', everyMs: 10 });
      tookMs.push(Date.now() - storedAt);
      await sleep(1000);
    } while (Date.now() < until);
    const slowest = Math.max(...tookMs);
    if (slowest >= deadWithinMs) throw new Error(`dead letters after ${slowest} ms`);
    return `${12 * tookMs.length} dead letters, the slowest ${slowest} ms after it was stored`;
  },
};

/** In 15 s: the ids that are asked for, whether the registry is whole, and one id a further try. */
const handful = 40;

/** A producer writes something else than Avro: each record seems to have a schema of its own. */
export const floods: OutageRow = {
  ...{ ...ordinary, name: 'registry-flood', leavesTags: true },
  done: '10,000 records with 10,000 unknown schema ids in a partition of the identity topic',
  async run(world, lastsMs, { over }) {
    const { links, installation } = world;
    const asked = links.registry.requests();
    const poisoned = await appendPoison(world, 10_000, 'unknown schemas');
    await waits(installation, 'registry');
    await sleep(lastsMs);
    const requests = links.registry.requests() - asked;
    const dead = await judgedOf(world, poisoned);
    if (requests > handful * Math.max(1, lastsMs / 15_000))
      throw new Error(`the registry has seen ${requests} requests`);
    if (dead > 0) throw new Error(`${dead} dead letters of a batch that waits`);
    over();
    await letThemDie(world, poisoned);
    return `${requests} requests in ${lastsMs / 1000} s; their partition waits and says why, all others go on; with DECODE_BREAKER=false all are dead letters`;
  },
};

/** A deploy that reads a schema wrongly, or a producer that writes it wrongly. */
export const undecodable: OutageRow = {
  ...{ ...ordinary, name: 'undecodable', leavesTags: true },
  done: '200 records of a known schema that do not decode, one after the other, in the identity topic',
  async run(world, lastsMs, { over }) {
    const { installation } = world;
    const poisoned = await appendPoison(world, 200, 'undecodable');
    await waits(installation, 'other');
    await sleep(lastsMs);
    const dead = await judgedOf(world, poisoned);
    if (dead >= 200) throw new Error(`all ${dead} are dead letters: nothing was stopped`);
    over();
    await letThemDie(world, poisoned);
    return `their partition waits and says why, after ${dead} dead letters; all others go on; with DECODE_BREAKER=false all are dead letters`;
  },
};

/** As an operator does who has found the producer. */
async function letThemDie(world: World, poisoned: Poisoned): Promise<void> {
  const { installation } = world;
  const anew = async (more: NodeJS.ProcessEnv) => {
    await Promise.all(installation.running('cleaner').map((one) => one.stop()));
    await installation.start('cleaner', '', more).ready();
  };
  await anew({ DECODE_BREAKER: 'false' });
  const all = async () => (await judgedOf(world, poisoned)) === poisoned.records;
  await eventually(all, { deadlineMs: 300_000, message: 'dead letters of all of them' });
  await anew({});
}
