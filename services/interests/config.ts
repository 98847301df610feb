import { setting } from '../shared/runtime/config';
import { between, milliseconds } from '../shared/runtime/parser';
import {
  consumerSettings,
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  redisSettings,
  registrySettings,
} from '../shared/runtime/settings';

export const interestsSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...consumerSettings,
  ...redisSettings,
  ...httpSettings('INTERESTS_PORT', 8092),
  redisTimeoutMs: setting(between(milliseconds, { min: 100, max: 60_000 }), {
    env: 'REDIS_TIMEOUT',
    default: 5000,
    doc: 'How long one call to Redis may take before it counts as failed.',
  }),
  profileTtlMs: setting(between(milliseconds, { min: 604_800_000, max: 31_536_000_000 }), {
    env: 'PROFILE_TTL',
    default: 7_776_000_000,
    doc: 'How long tags and profile of a user live without an event; longer than any retention.',
  }),
};
