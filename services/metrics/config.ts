import { setting } from '../shared/runtime/config';
import { between, bytes, integer, milliseconds, number, secret } from '../shared/runtime/parser';
import {
  clickHouseSettings,
  consumerSettings,
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  registrySettings,
  tenantSettings,
} from '../shared/runtime/settings';

const intakeSettings = {
  flushRows: setting(between(integer, { min: 1, max: 500_000 }), {
    env: 'METRICS_FLUSH_ROWS',
    default: 20_000,
    unit: 'rows',
    doc: 'An insert is sent as soon as this many rows wait: larger ones cost less a row.',
  }),
  lingerMs: setting(between(milliseconds, { min: 0, max: 60_000 }), {
    env: 'METRICS_LINGER',
    default: 1000,
    doc: 'The longest a row waits for others before it is inserted.',
  }),
  idleMs: setting(between(milliseconds, { min: 0, max: 60_000 }), {
    env: 'METRICS_IDLE',
    default: 250,
    doc: 'When nothing came for this long, what waits is inserted and recomputed at once.',
  }),
  maxRows: setting(between(integer, { min: 1, max: 1_000_000 }), {
    env: 'METRICS_MAX_ROWS',
    default: 60_000,
    unit: 'rows',
    doc: 'Most rows that wait; beyond it nothing more is taken from Kafka.',
  }),
  maxBytes: setting(between(bytes, { min: 65_536, max: 1_073_741_824 }), {
    env: 'METRICS_MAX_BYTES',
    default: 50_331_648,
    doc: 'Most bytes of rows that wait; as much again may be on its way to ClickHouse.',
  }),
};

const windowSettings = {
  minutesEveryMs: setting(between(milliseconds, { min: 0, max: 3_600_000 }), {
    env: 'METRICS_MINUTES_EVERY',
    default: 1000,
    doc: 'Shortest time between two recomputations of touched minutes.',
  }),
  hoursEveryMs: setting(between(milliseconds, { min: 0, max: 3_600_000 }), {
    env: 'METRICS_HOURS_EVERY',
    default: 30_000,
    doc: 'Shortest time between two recomputations of touched funnel hours, while records come.',
  }),
  restFactor: setting(between(number, { min: 0, max: 1000 }), {
    env: 'METRICS_REST_FACTOR',
    default: 6,
    unit: 'times',
    doc: 'Rest after a recomputation, in times of what it took, per thousand records a second.',
  }),
  maxWindows: setting(between(integer, { min: 1, max: 100_000 }), {
    env: 'METRICS_WINDOWS_PER_STATEMENT',
    default: 20_000,
    unit: 'windows',
    doc: 'Most windows recomputed by one statement: bounds what it reads.',
  }),
  lookBackMs: setting(between(milliseconds, { min: 90_000_000, max: 2_592_000_000 }), {
    env: 'SESSION_LOOK_BACK',
    default: 259_200_000,
    doc: 'How far around a window its sessions are looked for; longer than any session lasts.',
  }),
  conversionWindowMs: setting(between(milliseconds, { min: 60_000, max: 604_800_000 }), {
    env: 'CONVERSION_WINDOW',
    default: 86_400_000,
    doc: 'Time within which a stored funnel must be passed from its first step on.',
  }),
  noProgressMs: setting(between(milliseconds, { min: 10_000, max: 86_400_000 }), {
    env: 'METRICS_NO_PROGRESS',
    default: 600_000,
    doc: 'Where rows wait, no server is down and nothing is finished for this long, /livez fails.',
  }),
  stuckEveryMs: setting(between(milliseconds, { min: 100, max: 3_600_000 }), {
    env: 'METRICS_STUCK_EVERY',
    default: 60_000,
    doc: 'How often windows that were set aside are tried again.',
  }),
};

export const metricsSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...consumerSettings,
  ...clickHouseSettings,
  ...tenantSettings,
  ...httpSettings('METRICS_PORT', 8093),
  ...intakeSettings,
  ...windowSettings,
  userHashKey: setting(secret, {
    env: 'USER_HASH_KEY',
    default: 'tributary-development',
    doc: 'Key of the hash that users stand under in ClickHouse; never changed, as rows keep it.',
  }),
  statementTimeoutMs: setting(between(milliseconds, { min: 1000, max: 600_000 }), {
    env: 'CLICKHOUSE_TIMEOUT',
    default: 60_000,
    doc: 'The server stops a statement after this long.',
  }),
  coverageEveryMs: setting(between(milliseconds, { min: 100, max: 600_000 }), {
    env: 'METRICS_COVERAGE_EVERY',
    default: 1000,
    doc: 'How often the log ends of the source topics are written down.',
  }),
  ledgerEveryMs: setting(between(milliseconds, { min: 1000, max: 86_400_000 }), {
    env: 'METRICS_LEDGER_EVERY',
    default: 10_000,
    doc: 'How often every row is compared with Kafka; less often where that takes long.',
  }),
};
