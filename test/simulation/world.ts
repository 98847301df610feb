import type { Tenant } from '../../services/shared/domain/tenant';
import { type Topics, topicsOf } from '../../services/shared/runtime/topics';
import { aTenant } from '../support/event-builders';
import type { testCodecs } from '../support/fakes/codecs';
import { type Bug, type BugName, bugs } from './bugs';
import { createChaos } from './chaos';
import { createCluster } from './cluster';
import { differencesIn } from './differences';
import type { Say } from './host';
import { createKafkaLog } from './kafka-log';
import { createRandom, type Random } from './random';
import { createKeyValues } from './redis';
import { reviewAtRandom } from './reviewer';
import type { Servers } from './services';
import { createTable } from './table';
import { createTimeline, type Timeline } from './timeline';
import { rawRecords } from './workload';

export type Codecs = Awaited<ReturnType<typeof testCodecs>>;

export interface RunOptions {
  readonly codecs: Codecs;
  readonly bug?: BugName;
  /** Told everything that happens, with the virtual time in milliseconds. */
  readonly onEvent?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  /** What is not as the oracle says, in words; none where everything is right. */
  readonly differences: readonly string[];
}

const topics = topicsOf();
const rawPartitions = 2;
const partitions: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries({
    ...{ click: rawPartitions, cart: 1, order: rawPartitions, identity: 1, import: rawPartitions },
    ...{ review: 2, clean: 3, rejected: 3, deadLetter: 3 },
  }).map(([key, count]) => [topics[key as keyof Topics], count]),
);

const tenants: ReadonlyMap<string, Tenant> = new Map(
  [aTenant(), aTenant({ name: 'tokyo', timeZone: 'Asia/Tokyo' })].map((one) => [one.name, one]),
);

const reach = {
  zones: new Map([['tokyo', 'Asia/Tokyo']]),
  /** Longer than any session lasts: some are here told of forty days late. */
  lookBackMs: 60 * 24 * 3_600_000,
  conversionWindowMs: 24 * 3_600_000,
};

/** A few seconds before a month ends: rows of one insert belong to two partitions of the table. */
const startAt = Date.UTC(2026, 0, 31, 23, 59, 55);
const second = 1000;
/** When the last record comes, when faults end, when the last of them has had its effect. */
const [lastRecord, calm, settled] = [8 * second, 14 * second, 25 * second];
const deadline = 180 * second;

/** One life of the system, from the first record until everything is read and done: the same for the
 *  same seed. */
export async function simulate(seed: number, options: RunOptions): Promise<Outcome> {
  const timeline = createTimeline(startAt);
  const [work, luck, people] = [1, 2, 3].map((stream) => createRandom(seed * 8 + stream));
  const chaos = createChaos({
    random: luck as Random,
    now: timeline.now,
    until: startAt + calm,
  });
  const say: Say = (who, what) =>
    options.onEvent?.(`${timeline.now() - startAt} ${who}: ${what()}`);
  const complaints: string[] = [];
  const servers = serversOf(timeline, options, (what) => complaints.push(`logged: ${what}`));
  produce(work as Random, { servers, timeline, say });
  reviewAtRandom(people as Random, { servers, timeline, say, from: second, to: calm });
  const cluster = createCluster({ servers, timeline, random: luck as Random, chaos, say });
  let end = startAt + settled;
  await timeline.runUntil(end);
  while (!cluster.isDry() && end < startAt + deadline) {
    end += second;
    await timeline.runUntil(end);
  }
  cluster.end();
  const stuck = cluster.isDry() ? [] : ['not everything was read in time'];
  const differences = [...complaints, ...cluster.fatal, ...stuck, ...differencesIn(servers)];
  return { seed, differences };
}

function serversOf(
  timeline: Timeline,
  { codecs, bug }: RunOptions,
  complain: Servers['complain'],
): Servers {
  const { now } = timeline;
  const planted: Bug = bug === undefined ? {} : bugs[bug];
  return {
    ...{ topics, codecs, tenants, reach, now },
    log: createKafkaLog(partitions, now),
    store: createKeyValues(now),
    table: createTable({ ...reach, now }),
    bug: planted,
    complain,
  };
}

interface Producing {
  readonly servers: Servers;
  readonly timeline: Timeline;
  readonly say: Say;
}

/** Sends the records, and leaves an offset out now and then. */
function produce(random: Random, { servers, timeline, say }: Producing): void {
  const { log, codecs } = servers;
  const records = rawRecords({
    ...{ random, topics, tenants, startAt },
    codec: codecs.raw,
    partitions: rawPartitions,
  });
  for (const { topic, partition, key, value } of records) {
    timeline.after(random.below(lastRecord), () => {
      if (random.chance(0.03)) log.skip(topic, partition);
      log.append(topic, partition, [{ key, value }]);
      say('producer', () => `${topic}/${partition} ${log.end(topic, partition) - 1} ${key}`);
    });
  }
}
