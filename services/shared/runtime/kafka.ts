import { Kafka, type KafkaConfig } from 'kafkajs';
import { registerCompression } from './compression';
import { kafkaLogCreator, type Log } from './log';

export interface KafkaOptions {
  readonly clientId: string;
  readonly brokers: readonly string[];
  readonly kafkaTls?: boolean;
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
    retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: 8 },
  };
  const { kafkaUsername: username, kafkaPassword: password } = options;
  if (username && password) config.sasl = { mechanism: 'scram-sha-512', username, password };
  return new Kafka(config);
}
