import { type Admin, Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { registerCompression } from './compression';
import { FatalError, messageOf, TransientError } from './errors';
import { kafkaLogCreator, type Log } from './log';

export interface KafkaOptions {
  readonly clientId: string;
  readonly brokers: readonly string[];
  /** With the certificate authorities of Node, and those of NODE_EXTRA_CA_CERTS. */
  readonly kafkaTls?: boolean;
  readonly kafkaMechanism?: 'scram-sha-512' | 'scram-sha-256' | 'plain';
  readonly kafkaUsername?: string | null;
  readonly kafkaPassword?: string | null;
  readonly log: Log;
}

/** The client every producer, consumer and admin of a process is made from. Snappy, LZ4 and
 *  Zstandard batches of other producers can be read. */
export function createKafka(options: KafkaOptions): Kafka {
  registerCompression();
  const config: KafkaConfig = {
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: options.kafkaTls ?? false,
    connectionTimeout: 3000,
    requestTimeout: 10_000,
    logCreator: kafkaLogCreator(options.log),
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 6 },
  };
  const sasl = saslOf(options);
  return new Kafka(sasl === null ? config : { ...config, sasl });
}

/** A user without a password would be nobody to the broker, and nobody would be told. */
function saslOf(options: KafkaOptions): SASLOptions | null {
  const { kafkaMechanism: mechanism = 'scram-sha-512' } = options;
  const { kafkaUsername: username, kafkaPassword: password } = options;
  if (!username && !password) return null;
  if (username && password) return { mechanism, username, password };
  throw new FatalError('KAFKA_USERNAME and KAFKA_PASSWORD belong together: set both, or neither');
}

/** Protocol errors that no waiting mends: a record, a right or a setting is wrong. */
const permanent =
  /^(MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|INVALID_RECORD|INVALID_TIMESTAMP|INVALID_TOPIC_EXCEPTION|UNSUPPORTED_.*|SECURITY_DISABLED|SASL_AUTHENTICATION_FAILED|.*_AUTHORIZATION_FAILED)$/;

/** kafkajs blames the log-in for whatever goes wrong during it, a lost connection too, and keeps of
 *  the broker's answer only its words. */
const refusedLogin = /SASL .* failed: .*(credentials|username or password|mechanism)/;

/** The error type a broker answered with, wherever kafkajs wrapped it; null for other errors. */
export function protocolErrorOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (refusedLogin.test(error.message)) return 'SASL_AUTHENTICATION_FAILED';
  if ('type' in error && typeof error.type === 'string') return error.type;
  return protocolErrorOf(error.cause);
}

/** What a failed call to Kafka means here: a fault of the program as it is, FatalError for what no
 *  waiting mends, TransientError for all else. `doing` completes "Kafka failed while ...". */
export function kafkaFailure(error: unknown, doing: string): Error {
  if (error instanceof TransientError || error instanceof FatalError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const type = protocolErrorOf(error);
  const message = `Kafka failed while ${doing}: ${messageOf(error)}`;
  if (type !== null && permanent.test(type)) {
    return new FatalError(`${message} (${type}: trying again will not help)`, { cause: error });
  }
  return new TransientError(message, { cause: error, server: 'kafka' });
}

export interface LogBounds {
  /** Offset of the first record there is. */
  readonly low: number;
  /** Offset the next record will have. */
  readonly high: number;
}

/** Where the log of each partition of a topic begins and ends; TransientError when nobody answers. */
export async function logBounds(
  admin: Admin,
  topic: string,
): Promise<ReadonlyMap<number, LogBounds>> {
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.map((one) => [one.partition, { low: Number(one.low), high: Number(one.high) }]),
    );
  } catch (error) {
    throw kafkaFailure(error, `asking for the offsets of ${topic}`);
  }
}
