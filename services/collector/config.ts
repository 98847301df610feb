import { setting } from '../shared/runtime/config';
import { between, bytes, flag, integer, milliseconds } from '../shared/runtime/parser';
import {
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  registrySettings,
  tenantSettings,
} from '../shared/runtime/settings';

const perSecond = between(integer, { min: 1, max: 10_000_000 });

export const collectorSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...tenantSettings,
  ...httpSettings('COLLECTOR_PORT', 8080),
  maxEventBytes: setting(between(bytes, { min: 1024, max: 262_144 }), {
    env: 'COLLECTOR_MAX_EVENT_BYTES',
    default: 32_768,
    doc: 'Largest event; larger ones are refused one by one and kept as dead letters.',
  }),
  maxRequestBytes: setting(between(bytes, { min: 16_384, max: 16_777_216 }), {
    env: 'COLLECTOR_MAX_REQUEST_BYTES',
    default: 512_000,
    doc: 'Largest request body, as sent and inflated.',
  }),
  maxEvents: setting(between(integer, { min: 1, max: 100_000 }), {
    env: 'COLLECTOR_MAX_EVENTS',
    default: 2500,
    doc: 'Most events of one request.',
  }),
  maxInFlightBytes: setting(between(bytes, { min: 1_048_576, max: 4_294_967_296 }), {
    env: 'COLLECTOR_MAX_IN_FLIGHT_BYTES',
    default: 67_108_864,
    doc: 'Bytes of requests and of unacknowledged records; beyond it the answer is 429.',
  }),
  keyEventsPerSecond: setting(perSecond, {
    env: 'COLLECTOR_KEY_EVENTS_PER_SECOND',
    default: 100_000,
    doc: 'Most events a second of one write key, ten seconds of it at once; then 429.',
  }),
  keyRefusedPerSecond: setting(perSecond, {
    env: 'COLLECTOR_KEY_REFUSED_PER_SECOND',
    default: 1000,
    doc: 'The same of its events that are refused one by one and kept as dead letters.',
  }),
  addressRequestsPerSecond: setting(perSecond, {
    env: 'COLLECTOR_ADDRESS_REQUESTS_PER_SECOND',
    default: 10_000,
    doc: 'Most requests a second of one address (IPv6: /64), which many people may share; then 429.',
  }),
  addressRefusalsPerSecond: setting(perSecond, {
    env: 'COLLECTOR_ADDRESS_REFUSALS_PER_SECOND',
    default: 100,
    doc: 'The same of requests that are refused and have no valid key in their header.',
  }),
  requestTimeoutMs: setting(between(milliseconds, { min: 1000, max: 300_000 }), {
    env: 'COLLECTOR_REQUEST_TIMEOUT',
    default: 30_000,
    doc: 'How long a client may take to send its request: room is held for it meanwhile.',
  }),
  lingerMs: setting(between(milliseconds, { min: 0, max: 1000 }), {
    env: 'COLLECTOR_LINGER',
    default: 5,
    doc: 'How long the first record of a request to Kafka waits for company.',
  }),
  ackTimeoutMs: setting(between(milliseconds, { min: 100, max: 120_000 }), {
    env: 'COLLECTOR_ACK_TIMEOUT',
    default: 10_000,
    doc: 'How long a request waits for Kafka to acknowledge its records; then the answer is 503.',
  }),
  trustProxy: setting(flag, {
    env: 'COLLECTOR_TRUST_PROXY',
    default: false,
    doc: 'Whether the last address in X-Forwarded-For is the client: true behind one proxy.',
  }),
};
