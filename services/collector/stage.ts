import { type Event, recordKey } from '../shared/domain/event';
import { eventOf, type MappedMessage } from '../shared/domain/message';
import type { Call, Envelope, MessageTools } from '../shared/domain/message-draft';
import type { Clock } from '../shared/runtime/clock';
import { TransientError } from '../shared/runtime/errors';
import { type OutgoingMessage, partitionOf } from '../shared/runtime/publisher';
import { type Lane, type RawTopicKey, rawTopicOf } from '../shared/runtime/topics';
import { within } from '../shared/runtime/within';
import type { Incoming } from './call';
import type { InFlight } from './in-flight';
import type { Turns } from './turns';

export interface CollectorDeps {
  /** Resolves when all replicas acknowledged all of them. README.md says what happens otherwise. */
  publish(topic: string, partition: number, messages: readonly OutgoingMessage[]): Promise<void>;
  encode(event: Event): Buffer;
  /** Name and number of partitions of each raw topic. */
  readonly lanes: Readonly<Record<RawTopicKey, { topic: string; partitions: number }>>;
  readonly inFlight: InFlight;
  readonly turns: Turns;
  readonly tools: MessageTools;
  readonly clock: Clock;
  readonly maxEventBytes: number;
  readonly ackTimeoutMs: number;
}

/** What the request says besides its messages. */
export interface Origin {
  /** The call the path names; null for batch and import. */
  readonly call: Call | null;
  readonly lane: Lane;
  readonly browser: Envelope['browser'];
}

/** An item that is kept as a dead letter: where it stood in the request, and what was wrong. */
export interface RefusedItem {
  readonly index: number;
  readonly messageId: string;
  readonly reason: string;
  readonly message: string;
}

export interface Receipt {
  readonly accepted: number;
  /** Those of them that are kept as dead letters. */
  readonly refused: readonly RefusedItem[];
}

/** Takes one request's messages: resolves when every partition has acknowledged its part. Rejects
 *  (TransientError: out of time, or Kafka failed) where any part may be missing; the client sends all
 *  of it again under the same message ids, and what was there already becomes duplicates. */
export type CollectorStage = (incoming: Incoming, origin: Origin) => Promise<Receipt>;

export function createCollectorStage(deps: CollectorDeps): CollectorStage {
  const { ackTimeoutMs } = deps;
  return async function collect(incoming, origin) {
    const records = await incomingRecords(incoming, origin, deps);
    const bytes = records.reduce((sum, { message }) => sum + (message.value?.length ?? 0), 0);
    deps.inFlight.take(bytes);
    const published = byPartition(records).map(({ topic, partition, messages }) =>
      deps.publish(topic, partition, messages),
    );
    // Kafka may still take what nobody waits for any longer: it is held until that is settled.
    const settled = Promise.allSettled(published).then(() => deps.inFlight.give(bytes));
    await within(ackTimeoutMs, Promise.all(published), () => {
      const message = `no acknowledgement within ${ackTimeoutMs} ms`;
      throw new TransientError(message, { server: 'kafka' });
    });
    await settled;
    return { accepted: records.length, refused: refusedItems(records) };
  };
}

interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: OutgoingMessage;
  readonly messageId: string;
  readonly invalid: Event['invalid'];
}

/** Other requests wait while one is mapped: after this long it lets them go first. */
const mostAtOnceMs = 4;

async function incomingRecords(
  { entries, sentAt }: Incoming,
  { call, lane, browser }: Origin,
  deps: CollectorDeps,
): Promise<readonly RawRecord[]> {
  const imported = lane === 'import';
  const receivedAt = deps.clock.now();
  const shared = { call, sentAt, imported, browser, receivedAt, maxBytes: deps.maxEventBytes };
  const records: RawRecord[] = [];
  let begunAt = performance.now();
  for (const { message, tenant } of entries) {
    records.push(rawRecord(message, { ...shared, tenant }, deps));
    if (performance.now() - begunAt < mostAtOnceMs) continue;
    await deps.turns.mine();
    begunAt = performance.now();
  }
  return records;
}

function rawRecord(
  message: unknown,
  envelope: Envelope,
  { tools, encode, lanes }: CollectorDeps,
): RawRecord {
  const mapped = eventOf(message, envelope, tools);
  const key = recordKey(mapped.event);
  const { topic, partitions } = lanes[envelope.imported ? 'import' : rawTopic(mapped)];
  return {
    topic,
    partition: partitionOf(key, partitions),
    message: { key, value: encode(mapped.event) },
    messageId: mapped.event.messageId,
    invalid: mapped.event.invalid,
  };
}

function refusedItems(records: readonly RawRecord[]): readonly RefusedItem[] {
  return records.flatMap(({ messageId, invalid }, index) =>
    invalid === null ? [] : [{ index, messageId, ...invalid }],
  );
}

function rawTopic({ call, event }: MappedMessage): RawTopicKey {
  if (call === 'identify' || call === 'alias' || call === 'group') return 'identity';
  return rawTopicOf(event.type);
}

interface Part {
  readonly topic: string;
  readonly partition: number;
  readonly messages: OutgoingMessage[];
}

/** The records by topic and partition, in the order they came. */
function byPartition(records: readonly RawRecord[]): readonly Part[] {
  const parts = new Map<string, Part>();
  for (const { topic, partition, message } of records) {
    const id = `${topic}/${partition}`;
    const part = parts.get(id) ?? { topic, partition, messages: [] };
    parts.set(id, part);
    part.messages.push(message);
  }
  return [...parts.values()];
}
