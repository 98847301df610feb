import { recordKey } from '../shared/domain/event';
import type { JudgedEvent } from '../shared/domain/outcome';
import type { Codec } from '../shared/runtime/codec';
import { FatalError } from '../shared/runtime/errors';
import { type Publisher, partitionOf } from '../shared/runtime/publisher';

/** Where people's words go. */
export interface ReviewTopic {
  /** The record as its row keeps it. TransientError while the registry cannot be asked. */
  read(bytes: Buffer): Promise<JudgedEvent>;
  /** Resolves when all replicas have the decision. TransientError: it may or may not be there, and
   *  may be posted again, since deciding twice is deciding once. */
  post(decided: JudgedEvent): Promise<void>;
}

export interface ReviewTopicOptions {
  readonly topic: string;
  /** How many partitions these topics have; those that do not exist are left out. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly codec: Codec<JudgedEvent>;
}

/** Asks Kafka and the registry when the first decision comes, so that answers about events need
 *  neither. All decisions on one record have its key, and so stand in the order they were taken. */
export function createReviewTopic(options: ReviewTopicOptions): ReviewTopic {
  const { topic, publisher, codec } = options;
  const ready = onceDone(() => codec.ready());
  const partitions = onceDone(async () => {
    const count = (await options.partitionCounts([topic])).get(topic);
    if (count !== undefined) return count;
    throw new FatalError(`the topic ${topic} does not exist: run deploy/setup first`);
  });
  return {
    async read(bytes) {
      await codec.prepare([bytes]);
      const decoded = codec.decode(bytes);
      if (decoded.ok) return decoded.value;
      throw new Error(`the bytes that a row keeps cannot be read: ${decoded.message}`);
    },
    async post(decided) {
      if (decided.event === null) throw new Error('a record without an event cannot be decided on');
      await ready();
      const key = recordKey(decided.event);
      const message = { key, value: codec.encode(decided) };
      await publisher.publish(topic, partitionOf(key, await partitions()), [message]);
    },
  };
}

/** The same answer for all, from the first call that succeeds. */
function onceDone<T>(work: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | null = null;
  return () => {
    doing ??= work().catch((error: unknown) => {
      doing = null;
      throw error;
    });
    return doing;
  };
}
