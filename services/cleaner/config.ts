import { setting } from '../shared/runtime/config';
import { between, bytes, flag, integer, milliseconds } from '../shared/runtime/parser';
import {
  claimSettings,
  consumerSettings,
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  orderHistorySettings,
  redisStateSettings,
  registrySettings,
  tenantSettings,
} from '../shared/runtime/settings';

export const cleanerSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...consumerSettings,
  ...redisStateSettings,
  ...claimSettings,
  ...orderHistorySettings,
  ...tenantSettings,
  ...httpSettings('CLEANER_PORT', 8091),
  importMaxBytesPerPartition: setting(between(bytes, { min: 16_384, max: 16_777_216 }), {
    env: 'IMPORT_MAX_BYTES_PER_PARTITION',
    default: 65_536,
    doc: 'The same for the import lane: small, since live events wait while a batch is worked on.',
  }),
  decodeBreaker: setting(flag, {
    env: 'DECODE_BREAKER',
    default: true,
    doc: 'Whether a partition stops where many records do not decode, or name unknown schemas.',
  }),
  importMaxLag: setting(between(integer, { min: 1, max: 100_000_000 }), {
    env: 'IMPORT_MAX_LAG',
    default: 250,
    unit: 'records',
    doc: 'The import lane waits while the tags are further behind the clean topic, a partition on average.',
  }),
  importPaceEveryMs: setting(between(milliseconds, { min: 50, max: 60_000 }), {
    env: 'IMPORT_PACE_EVERY',
    default: 100,
    doc: 'Time between two looks at that lag.',
  }),
};
