import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coordinatesText } from '../../../services/shared/domain/event-row';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { Codec } from '../../../services/shared/runtime/codec';
import { judgedEventCodec } from '../../../services/shared/runtime/codecs';
import { logBounds } from '../../../services/shared/runtime/kafka';
import {
  cleanedKeys,
  rawKeys,
  type Topics,
  topicsOf,
} from '../../../services/shared/runtime/topics';
import { eventually } from '../eventually';
import { type TestKafka, testKafka } from '../kafka';
import { aName } from '../names';
import { startTestStack, type TestStack } from '../test-stack';
import { keys } from './lines';

/** All services as processes on real servers, and what the cleaner made of each record. */
export interface Pipeline {
  readonly stack: TestStack;
  readonly kafka: TestKafka;
  readonly topics: Topics;
  readonly codec: Codec<JudgedEvent>;
  /** Where the raw topics end. */
  ends(): Promise<Ends>;
  /** The verdict on each record between two ends, in order, once all of them have one. */
  verdicts(from: Ends, to: Ends): Promise<readonly JudgedEvent[]>;
  close(): Promise<void>;
}

/** The next offset, by topic and partition. */
export type Ends = ReadonlyMap<string, number>;

export async function aPipeline(settings: NodeJS.ProcessEnv = {}): Promise<Pipeline> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-hostile-'));
  const tenantsFile = join(folder, 'tenants.yaml');
  writeFileSync(tenantsFile, tenants);
  const stack = await startTestStack({
    ...{ TENANTS_FILE: tenantsFile, KAFKA_PARTITIONS: '1', COLLECTOR_LINGER: '0' },
    // There is more rubbish than anything else, and it is on purpose.
    DECODE_BREAKER: 'false',
    ...settings,
  });
  const kafka = await testKafka();
  const topics = topicsOf(stack.env.TOPIC_PREFIX);
  const registryUrl = stack.env.SCHEMA_REGISTRY_URL ?? '';
  const codec = judgedEventCodec({ registryUrl, topic: topics.clean });
  await codec.ready();
  const judged = await reading(kafka, topics, codec);
  return {
    ...{ stack, kafka, topics, codec },
    ends: () => endsOf(kafka, topics),
    verdicts: (from, to) =>
      eventually(() => allOf(coordinatesBetween(from, to), judged), {
        deadlineMs: 20_000,
        message: `a verdict on each record up to ${JSON.stringify([...to])}`,
      }),
    async close() {
      await kafka.close();
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const tenants = `tenants:
  - { name: demo, writeKeyHashes: [${sha256(keys.demo)}], ownDomains: [shop.example], timeZone: UTC, currency: USD }
  - { name: other, writeKeyHashes: [${sha256(keys.other)}], ownDomains: [], timeZone: UTC, currency: EUR }
`;

/** The verdicts as they come, by the coordinates of the record; of several the first. */
async function reading(kafka: TestKafka, topics: Topics, codec: Codec<JudgedEvent>) {
  const judged = new Map<string, JudgedEvent>();
  await kafka.consume(aName('group'), {
    topics: cleanedKeys.map((key) => topics[key]),
    async stage({ records }) {
      await codec.prepare(records.map(({ value }) => value));
      for (const { value } of records) {
        const decoded = codec.decode(value);
        if (!decoded.ok) continue;
        const where = coordinatesText(decoded.value.source);
        if (!judged.has(where)) judged.set(where, decoded.value);
      }
    },
  });
  return judged;
}

async function endsOf({ admin }: TestKafka, topics: Topics): Promise<Ends> {
  const names = rawKeys.map((key) => topics[key]);
  const bounds = await Promise.all(names.map((name) => logBounds(admin, name)));
  return new Map(
    names.flatMap((name, nth) =>
      [...(bounds[nth] ?? [])].map(([partition, { high }]) => [`${name}/${partition}`, high]),
    ),
  );
}

function coordinatesBetween(from: Ends, to: Ends): readonly string[] {
  return [...to].flatMap(([where, end]) => {
    const begin = from.get(where) ?? 0;
    return Array.from({ length: end - begin }, (_, nth) => `${where}/${begin + nth}`);
  });
}

function allOf(
  coordinates: readonly string[],
  judged: ReadonlyMap<string, JudgedEvent>,
): readonly JudgedEvent[] | null {
  const found = coordinates.flatMap((where) => judged.get(where) ?? []);
  return found.length === coordinates.length ? found : null;
}

/** Outcomes and reasons with their numbers, in the order of their first. */
export function tally(judged: readonly JudgedEvent[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, reason } of judged) {
    const name = `${outcome}/${reason}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} x${count}`)).join(', ');
}
