import { setTimeout as sleep } from 'node:timers/promises';
import { CompressionTypes, type Kafka, type Message, type Producer } from 'kafkajs';
import { TransientError } from './errors';
import type { Place } from './group-offsets';
import { kafkaFailure } from './kafka';
import type { Metrics } from './metrics';
import { murmur2 } from './murmur2';

export interface OutgoingMessage {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
}

export interface Publisher {
  /** Resolves when all replicas acknowledged every message, in order. TransientError: some or all
   *  may not be there; send the same again. Callers that need order wait for one call before the
   *  next. FatalError: a broker will never take it. */
  publish(topic: string, partition: number, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Connects; called by the first `publish` otherwise. TransientError when no broker answers. */
  ready(): Promise<void>;
  /** Lets what is in flight finish, then disconnects. */
  close(): Promise<void>;
}

export interface PublisherOptions {
  readonly kafka: Kafka;
  readonly metrics?: Metrics;
  /** Told, after each acknowledgement, which offset follows what was acknowledged last. */
  readonly onAcknowledged?: (place: Place) => void;
  /** Most message bytes in one request; below the broker's message.max.bytes (1 MiB). */
  readonly maxRequestBytes?: number;
  /** Most messages in one request: kafkajs' cost of a request grows with their square. */
  readonly maxRequestMessages?: number;
  /** How long one acknowledgement may take. */
  readonly timeoutMs?: number;
  /** How long the first message of a request waits for company. What comes while a request is in
   *  flight goes out with the next one in any case. */
  readonly lingerMs?: number;
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4';
}

interface Job {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  resolve(): void;
  reject(error: Error): void;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly queue: Job[];
  running: Promise<void> | null;
}

const compressions = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
} as const;

/** One topic-partition a request, one request in flight a partition. A send that names several
 *  partitions can resolve although some were never sent (kafkajs 2.2.4), so each is asked for alone
 *  and its answer is checked. Sends are not idempotent: identity is downstream, by coordinates. */
export function createPublisher(options: PublisherOptions): Publisher {
  const bounds = {
    bytes: options.maxRequestBytes ?? 524_288,
    messages: options.maxRequestMessages ?? 500,
  };
  const producer = options.kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    // Every message names its partition.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 4 },
  });
  const lanes = new Map<string, Lane>();
  const connect = connector(producer);
  let closed = false;

  async function run(lane: Lane): Promise<void> {
    while (lane.queue.length > 0) {
      if (options.lingerMs) await sleep(options.lingerMs);
      const jobs = takeJobs(lane.queue, bounds);
      try {
        await connect();
        for (const chunk of chunksOf(jobs, bounds)) await send(producer, lane, chunk, options);
        for (const job of jobs) job.resolve();
      } catch (error) {
        const failure = kafkaFailure(error, `publishing to ${lane.topic}/${lane.partition}`);
        for (const job of jobs) job.reject(failure);
      }
    }
    lane.running = null;
  }

  return {
    publish(topic, partition, messages) {
      if (messages.length === 0) return Promise.resolve();
      if (closed) return Promise.reject(new TransientError('the publisher is closed'));
      const lane = laneOf(lanes, topic, partition);
      return new Promise((resolve, reject) => {
        const bytes = messages.reduce((sum, message) => sum + bytesOf(message), 0);
        lane.queue.push({ messages, bytes, resolve, reject });
        lane.running ??= run(lane);
      });
    },
    ready: () => connect(),
    async close() {
      closed = true;
      await Promise.all([...lanes.values()].map((lane) => lane.running));
      await producer.disconnect();
    },
  };
}

/** The partition of a key: Kafka's murmur2, as the Java client does. */
export function partitionOf(key: Buffer | string, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

/** Connects once, however many ask; after a failure the next one tries again. */
function connector(producer: Producer): () => Promise<void> {
  let connecting: Promise<void> | null = null;
  return () => {
    connecting ??= producer.connect().catch((error: unknown) => {
      connecting = null;
      throw kafkaFailure(error, 'connecting the producer');
    });
    return connecting;
  };
}

function laneOf(lanes: Map<string, Lane>, topic: string, partition: number): Lane {
  const key = `${topic}/${partition}`;
  const known = lanes.get(key);
  if (known !== undefined) return known;
  const lane: Lane = { topic, partition, queue: [], running: null };
  lanes.set(key, lane);
  return lane;
}

interface Bounds {
  readonly bytes: number;
  readonly messages: number;
}

/** The oldest waiting call, and those after it that fit into the same request. */
function takeJobs(queue: Job[], bounds: Bounds): readonly Job[] {
  const jobs: Job[] = [];
  let bytes = 0;
  let messages = 0;
  for (let job = queue[0]; job !== undefined; job = queue[0]) {
    bytes += job.bytes;
    messages += job.messages.length;
    if (jobs.length > 0 && (bytes > bounds.bytes || messages > bounds.messages)) break;
    jobs.push(job);
    queue.shift();
  }
  return jobs;
}

/** Requests within the bounds; a message larger than the bound goes alone, for the broker to judge. */
function* chunksOf(jobs: readonly Job[], bounds: Bounds): Generator<OutgoingMessage[]> {
  let chunk: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of jobs.flatMap((job) => job.messages)) {
    const size = bytesOf(message);
    if (chunk.length > 0 && (bytes + size > bounds.bytes || chunk.length >= bounds.messages)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/** A record's framing is at most this long in a batch (varints and headers count). */
const framingBytes = 32;

function bytesOf({ key, value }: OutgoingMessage): number {
  return (key === null ? 0 : Buffer.byteLength(key)) + (value?.length ?? 0) + framingBytes;
}

async function send(
  producer: Producer,
  { topic, partition }: Lane,
  chunk: readonly OutgoingMessage[],
  { metrics, onAcknowledged, timeoutMs = 10_000, compression = 'none' }: PublisherOptions,
): Promise<void> {
  const startedAt = performance.now();
  const messages: Message[] = chunk.map(({ key, value }) => ({ key, value, partition }));
  const answers = await producer.send({
    topic,
    messages,
    acks: -1,
    timeout: timeoutMs,
    compression: compressions[compression],
  });
  const answer = answers.find((one) => one.topicName === topic && one.partition === partition);
  if (answer === undefined || answer.errorCode !== 0 || Number(answer.baseOffset ?? -1) < 0) {
    const message = `no acknowledgement from ${topic}/${partition} for ${messages.length} messages`;
    throw new TransientError(message, { server: 'kafka' });
  }
  onAcknowledged?.({ topic, partition, offset: Number(answer.baseOffset) + messages.length });
  metrics?.observe('tributary_publish_seconds', { topic }, (performance.now() - startedAt) / 1000);
  metrics?.count('tributary_published_total', { topic }, messages.length);
}
