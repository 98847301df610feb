import { setting } from '../shared/runtime/config';
import { between, bytes, integer, milliseconds } from '../shared/runtime/parser';
import {
  consumerSettings,
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  redisSettings,
  registrySettings,
  tenantSettings,
} from '../shared/runtime/settings';

export const cleanerSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...consumerSettings,
  ...redisSettings,
  ...tenantSettings,
  ...httpSettings('CLEANER_PORT', 8091),
  redisTimeoutMs: setting(between(milliseconds, { min: 100, max: 60_000 }), {
    env: 'REDIS_TIMEOUT',
    default: 5000,
    doc: 'How long one call to Redis may take before it counts as failed.',
  }),
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
  orderHistoryTtlMs: setting(between(milliseconds, { min: 604_800_000, max: 31_536_000_000 }), {
    env: 'ORDER_HISTORY_TTL',
    default: 7_776_000_000,
    doc: 'How long the mean of a shop or a user outlives its last order; longer than any retention.',
  }),
  importMaxBytesPerPartition: setting(between(bytes, { min: 16_384, max: 16_777_216 }), {
    env: 'IMPORT_MAX_BYTES_PER_PARTITION',
    default: 65_536,
    doc: 'The same for the import lane: small, since live events wait while a batch is worked on.',
  }),
  importMaxLag: setting(between(integer, { min: 1, max: 100_000_000 }), {
    env: 'IMPORT_MAX_LAG',
    default: 20_000,
    unit: 'records',
    doc: 'The import lane waits while the tags are further than this behind the clean topic.',
  }),
  importPaceEveryMs: setting(between(milliseconds, { min: 50, max: 60_000 }), {
    env: 'IMPORT_PACE_EVERY',
    default: 500,
    doc: 'Time between two looks at that lag.',
  }),
};
