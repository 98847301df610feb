import { setting } from '../shared/runtime/config';
import { between, integer, listOf, milliseconds, url } from '../shared/runtime/parser';
import {
  clickHouseSettings,
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  redisSettings,
  registrySettings,
  tenantSettings,
} from '../shared/runtime/settings';

export const insightsSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...clickHouseSettings,
  ...redisSettings,
  ...tenantSettings,
  ...httpSettings('INSIGHTS_PORT', 8090),
  queryTimeoutMs: setting(between(milliseconds, { min: 1000, max: 3_600_000 }), {
    env: 'INSIGHTS_QUERY_TIMEOUT',
    default: 30_000,
    doc: 'ClickHouse stops a query after this; the answer is then 503.',
  }),
  queriesAtOnce: setting(between(integer, { min: 1, max: 1000 }), {
    env: 'INSIGHTS_QUERIES_AT_ONCE',
    default: 8,
    doc: 'Most queries at ClickHouse at the same time; others wait for their turn.',
  }),
  redisTimeoutMs: setting(between(milliseconds, { min: 100, max: 60_000 }), {
    env: 'REDIS_TIMEOUT',
    default: 2000,
    doc: 'How long one call to Redis may take before it counts as failed.',
  }),
  tagEventsLookBackMs: setting(between(milliseconds, { min: 3_600_000, max: 31_622_400_000 }), {
    env: 'INSIGHTS_TAG_EVENTS_LOOK_BACK',
    default: 7_776_000_000,
    doc: 'How far before the last event of a user the events behind the tags are looked for.',
  }),
  tagEventsRead: setting(between(integer, { min: 1, max: 10_000 }), {
    env: 'INSIGHTS_TAG_EVENTS_READ',
    default: 500,
    doc: 'How many of the latest events of a user are looked at for them.',
  }),
  interestsUrls: setting(listOf(url), {
    env: 'INSIGHTS_INTERESTS_URLS',
    default: [],
    doc: 'Every interests service, comma separated, for the page that shows click to tag; empty: not shown.',
  }),
  collectorUrl: setting(url, {
    env: 'INSIGHTS_COLLECTOR_URL',
    default: 'http://127.0.0.1:8080',
    doc: 'Where apps reach the collector: pages name it in the command that sends a first event.',
  }),
};
