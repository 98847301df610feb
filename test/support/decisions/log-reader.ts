import type { Coordinates } from '../../../services/shared/domain/event';
import { coordinatesText } from '../../../services/shared/domain/event-row';
import { decisionVersion, type JudgedEvent } from '../../../services/shared/domain/outcome';
import { judgedEventCodec } from '../../../services/shared/runtime/codecs';
import { groupLag } from '../../../services/shared/runtime/group-offsets';
import type { Topics } from '../../../services/shared/runtime/topics';
import { eventually } from '../eventually';
import { testKafka } from '../kafka';
import { aName } from '../names';
import { addressOf } from '../server-addresses';

/** What the log says of each source record, read from Kafka alone. */
export interface LogWords {
  /** The first verdict on each record, by its coordinates. */
  readonly first: ReadonlyMap<string, JudgedEvent>;
  /** The decisions on each, in the order of their versions. */
  readonly decisions: ReadonlyMap<string, readonly JudgedEvent[]>;
  /** Records that went out more than once, and those that did not say the same each time. */
  readonly redelivered: number;
  readonly unstable: readonly string[];
}

/** Reads the cleaned topics and the review topic from their beginning to their end. */
export async function readLog(topics: Topics): Promise<LogWords> {
  const first = new Map<string, JudgedEvent>();
  const unstable: string[] = [];
  let redelivered = 0;
  const decisions = new Map<string, JudgedEvent[]>();
  for (const topic of [topics.clean, topics.rejected, topics.deadLetter]) {
    for (const { judged } of await readAll(topic)) {
      if (judged.version > 0) continue;
      const place = coordinatesText(judged.source);
      const known = first.get(place);
      if (known !== undefined) redelivered += 1;
      if (known !== undefined && said(known) !== said(judged)) unstable.push(place);
      first.set(place, known ?? judged);
    }
  }
  for (const { judged, at } of await readAll(topics.review)) {
    const version = decisionVersion(at.offset, judged.decision?.byPerson ?? false);
    const place = coordinatesText(judged.source);
    const known = decisions.get(place) ?? [];
    decisions.set(
      place,
      [...known, { ...judged, version }].sort((a, b) => a.version - b.version),
    );
  }
  return { first, decisions, redelivered, unstable };
}

const said = ({ outcome, reason, evidence, weightsVersion, firstCounted }: JudgedEvent) =>
  JSON.stringify([outcome, reason, evidence, weightsVersion, firstCounted]);

interface Found {
  readonly at: Coordinates;
  readonly judged: JudgedEvent;
}

async function readAll(topic: string): Promise<readonly Found[]> {
  const kafka = await testKafka();
  const codec = judgedEventCodec({ registryUrl: addressOf('SCHEMA_REGISTRY_URL'), topic });
  const found: Found[] = [];
  const group = aName('reader');
  await kafka.consume(group, {
    topics: [topic],
    stage: async ({ records }) => {
      await codec.prepare(records.map(({ value }) => value));
      for (const { value, topic, partition, offset } of records) {
        const decoded = codec.decode(value);
        if (!decoded.ok) throw new Error(`${topic}/${partition}/${offset}: ${decoded.message}`);
        found.push({ at: { topic, partition, offset }, judged: decoded.value });
      }
    },
  });
  const isRead = async () => (await groupLag(kafka.admin, group, [topic])) === 0;
  await eventually(isRead, { deadlineMs: 60_000, message: `all of ${topic} read` });
  await kafka.close();
  return found;
}
