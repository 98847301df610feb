import { setting } from './config';
import { armedFailpoints } from './failpoints';
import {
  between,
  bytes,
  flag,
  integer,
  list,
  milliseconds,
  oneOf,
  optional,
  secret,
  text,
  url,
} from './parser';

/** Settings that several services have, each in the table of every service that needs it. */
export const logSettings = {
  logLevel: setting(oneOf('debug', 'info', 'warn', 'error'), {
    env: 'LOG_LEVEL',
    default: 'info',
    doc: 'Least severe level that is written.',
  }),
};

export const faultSettings = {
  failpoints: setting(armedFailpoints, {
    env: 'FAILPOINT',
    default: [],
    doc: 'For tests alone: a fault at one await, as `cleaner.claim:kill@3`; `services/shared/runtime/failpoints.ts` has the list.',
  }),
};

export const kafkaSettings = {
  brokers: setting(list, {
    env: 'KAFKA_BROKERS',
    default: ['127.0.0.1:9092'],
    doc: 'Kafka brokers to start from, host:port, comma separated.',
  }),
  kafkaTls: setting(flag, {
    env: 'KAFKA_TLS',
    default: false,
    doc: 'Whether to speak TLS with Kafka.',
  }),
  kafkaMechanism: setting(oneOf('scram-sha-512', 'scram-sha-256', 'plain'), {
    env: 'KAFKA_SASL_MECHANISM',
    default: 'scram-sha-512',
    doc: 'How to log in to Kafka, where there is a user.',
  }),
  kafkaUsername: setting(optional(text), {
    env: 'KAFKA_USERNAME',
    default: null,
    doc: 'User for SASL; empty for none.',
  }),
  kafkaPassword: setting(optional(secret), {
    env: 'KAFKA_PASSWORD',
    default: null,
    doc: 'Password for SASL.',
  }),
  topicPrefix: setting(text, {
    env: 'TOPIC_PREFIX',
    default: '',
    doc: 'Put before every topic name, so that several installations can share one Kafka.',
  }),
};

export const registrySettings = {
  registryUrl: setting(url, {
    env: 'SCHEMA_REGISTRY_URL',
    default: 'http://127.0.0.1:8081/apis/ccompat/v7',
    doc: 'Base URL of a schema registry with the Confluent API.',
  }),
  registryTimeoutMs: setting(between(milliseconds, { min: 100, max: 60_000 }), {
    env: 'SCHEMA_REGISTRY_TIMEOUT',
    default: 2000,
    doc: 'How long one question to the registry may take.',
  }),
};

export const tenantSettings = {
  tenantsFile: setting(text, {
    env: 'TENANTS_FILE',
    default: 'config/tenants.yaml',
    doc: 'The tenants: write keys, own domains, time zone, currency. Relative to the project.',
  }),
};

export const consumerSettings = {
  groupPrefix: setting(text, {
    env: 'KAFKA_GROUP_PREFIX',
    default: 'tributary.',
    doc: 'Put before the name of the consumer group.',
  }),
  sessionTimeoutMs: setting(between(milliseconds, { min: 6000, max: 300_000 }), {
    env: 'KAFKA_SESSION_TIMEOUT',
    default: 10_000,
    doc: 'After this long without a heartbeat the partitions go to another member.',
  }),
  partitionsAtOnce: setting(between(integer, { min: 1, max: 64 }), {
    env: 'CONSUMER_PARTITIONS_AT_ONCE',
    default: 4,
    doc: 'Partitions whose batches are in the stage at the same time.',
  }),
  maxBytesPerPartition: setting(between(bytes, { min: 16_384, max: 16_777_216 }), {
    env: 'CONSUMER_MAX_BYTES_PER_PARTITION',
    default: 524_288,
    doc: 'Most bytes of one partition in a fetch: bounds the batch, and how long decoding it blocks.',
  }),
  maxBytes: setting(between(bytes, { min: 65_536, max: 134_217_728 }), {
    env: 'CONSUMER_MAX_BYTES',
    default: 4_194_304,
    doc: 'Most bytes of all partitions in a fetch.',
  }),
  maxWaitMs: setting(between(milliseconds, { min: 1, max: 5000 }), {
    env: 'CONSUMER_MAX_WAIT',
    default: 100,
    doc: 'How long a fetch waits at the broker where there is nothing to read.',
  }),
  commitEveryMs: setting(between(milliseconds, { min: 10, max: 60_000 }), {
    env: 'CONSUMER_COMMIT_EVERY',
    default: 200,
    doc: 'Time between two offset commits: what lies between is redelivered after a crash.',
  }),
  retryBaseMs: setting(between(milliseconds, { min: 10, max: 60_000 }), {
    env: 'CONSUMER_RETRY_BASE',
    default: 100,
    doc: 'First wait of a partition whose stage met a server that is down; doubles.',
  }),
  retryMaxMs: setting(between(milliseconds, { min: 10, max: 300_000 }), {
    env: 'CONSUMER_RETRY_MAX',
    default: 5000,
    doc: 'Longest wait between two tries.',
  }),
  stuckAfterMs: setting(between(milliseconds, { min: 1000, max: 3_600_000 }), {
    env: 'CONSUMER_STUCK_AFTER',
    default: 60_000,
    doc: 'A partition with records to read that moved nothing for this long makes /livez fail.',
  }),
};

/** Where a service listens. */
export function httpSettings(portEnv: string, port: number) {
  return {
    host: setting(text, {
      env: 'HTTP_HOST',
      default: '127.0.0.1',
      doc: 'Address to listen on.',
    }),
    port: setting(between(integer, { min: 0, max: 65_535 }), {
      env: portEnv,
      default: port,
      doc: 'Port to listen on; 0 takes a free one.',
    }),
  };
}

export const clickHouseSettings = {
  clickHouseUrl: setting(url, {
    env: 'CLICKHOUSE_URL',
    default: 'http://127.0.0.1:8123',
    doc: 'ClickHouse over HTTP; https: for TLS; may carry user:password.',
  }),
  clickHouseDatabase: setting(text, {
    env: 'CLICKHOUSE_DATABASE',
    default: 'tributary',
    doc: 'Database of the tables; made by the set-up.',
  }),
};

export const redisSettings = {
  redisUrl: setting(url, {
    env: 'REDIS_URL',
    default: 'redis://127.0.0.1:6379',
    doc: 'Redis; rediss: for TLS; may carry user:password and a database number.',
  }),
  redisKeyPrefix: setting(text, {
    env: 'REDIS_KEY_PREFIX',
    default: '',
    doc: 'Put before every key, so that several installations can share one Redis.',
  }),
};

/** Of programs that write to Redis. */
export const redisStateSettings = {
  ...redisSettings,
  redisTimeoutMs: setting(between(milliseconds, { min: 100, max: 60_000 }), {
    env: 'REDIS_TIMEOUT',
    default: 5000,
    doc: 'How long one call to Redis may take before it counts as failed.',
  }),
};

export const claimSettings = {
  claimWindowMs: setting(between(milliseconds, { min: 3_600_000, max: 7_776_000_000 }), {
    env: 'CLAIM_WINDOW',
    default: 604_800_000,
    doc: 'How long a message id is remembered; longer than the retention of the raw topics.',
  }),
  claimBucketsPerDay: setting(between(integer, { min: 1, max: 1_000_000 }), {
    env: 'CLAIM_BUCKETS_PER_DAY',
    default: 100,
    doc: 'A 300th of the message ids of a tenant and day. A change forgets the claims before it.',
  }),
};

export const profileSettings = {
  profileTtlMs: setting(between(milliseconds, { min: 604_800_000, max: 31_536_000_000 }), {
    env: 'PROFILE_TTL',
    default: 7_776_000_000,
    doc: 'How long tags and profile of a user live without an event; longer than any retention.',
  }),
};

export const orderHistorySettings = {
  orderHistoryTtlMs: setting(between(milliseconds, { min: 604_800_000, max: 31_536_000_000 }), {
    env: 'ORDER_HISTORY_TTL',
    default: 7_776_000_000,
    doc: 'How long the mean of a shop or a user outlives its last order; longer than any retention.',
  }),
};
