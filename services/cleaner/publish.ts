import type { JudgedEvent, Outcome } from '../shared/domain/outcome';
import type { OutgoingMessage } from '../shared/runtime/publisher';
import type { RecordBatch } from '../shared/runtime/stage';
import type { TopicKey, Topics } from '../shared/runtime/topics';

/** Where each outcome goes on. */
const targets = {
  counted: 'clean',
  duplicate: 'rejected',
  bot: 'rejected',
  held: 'rejected',
  rejected: 'rejected',
  collision: 'rejected',
  dead: 'deadLetter',
  erased: 'rejected',
} as const satisfies Record<Outcome, TopicKey>;

export interface OutcomePublisher {
  /** Resolves when all replicas acknowledged all messages, in order. */
  publish(topic: string, partition: number, messages: readonly OutgoingMessage[]): Promise<void>;
  encode(judged: JudgedEvent): Buffer;
  readonly topics: Topics;
}

/** No key of a tenant and an id is longer. Longer ones are left out: the partition is named anyway, and
 *  key and value together may be more than a broker takes. */
const longestKey = 512;

/** Publishes the outcomes of a batch's records, which stand in the same order. Each goes to the
 *  partition number of its source, under its source's key: one user's records stay in order all the
 *  way, and so a watermark skips none. Decisions go on as clean records, whatever they decide, and
 *  records that are sent through again to where they belong. */
export async function publishOutcomes(
  batch: RecordBatch,
  outcomes: readonly JudgedEvent[],
  { publish, encode, topics }: OutcomePublisher,
): Promise<void> {
  const requests = new Map<string, Request>();
  outcomes.forEach((judged, index) => {
    const isDecision = judged.version > 0;
    const topic = topics[isDecision ? 'clean' : targets[judged.outcome]];
    const partition = isDecision ? batch.partition : judged.source.partition;
    const name = `${topic}/${partition}`;
    const request = requests.get(name) ?? { topic, partition, messages: [] };
    requests.set(name, request);
    const key = batch.records[index]?.key ?? null;
    const isKept = key !== null && key.length <= longestKey;
    request.messages.push({ key: isKept ? key : null, value: encode(judged) });
  });
  const published = [...requests.values()].map(({ topic, partition, messages }) =>
    publish(topic, partition, messages),
  );
  await Promise.all(published);
}

interface Request {
  readonly topic: string;
  readonly partition: number;
  readonly messages: OutgoingMessage[];
}
