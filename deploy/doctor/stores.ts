import type { Redis } from 'ioredis';
import { TransientError } from '../../services/shared/runtime/errors';
import type { Registry } from '../../services/shared/runtime/registry';
import type { Topics } from '../../services/shared/runtime/topics';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';
import { pendingMigrations } from '../../services/shared/stores/clickhouse/migrate';
import { answerOf, refuseEviction } from '../../services/shared/stores/redis/client';
import { wantedSchemas } from '../setup/schemas';
import { readMigrations } from '../setup/setup';
import { type Examination, unreachable } from './finding';

/** The schema registry. */
export function registryExaminations(registry: Registry, topics: Topics): readonly Examination[] {
  return [{ about: 'schemas', look: () => schemas(registry, topics) }];
}

/** Redis; `where` is its address without a password. */
export function redisExaminations(redis: Redis, where: string): readonly Examination[] {
  const look = async () => {
    await refuseEviction(redis).catch((error: unknown) => {
      throw error instanceof TransientError ? unreachable(where, error, 'REDIS_URL') : error;
    });
    return redisServer(redis);
  };
  return [{ about: 'Redis', look }];
}

/** ClickHouse: its tables, its clock, and windows that it could not compute. */
export function clickHouseExaminations(
  clickHouse: ClickHouse,
  where: string,
): readonly Examination[] {
  const answers = () =>
    clickHouse.ping().catch((error: unknown) => {
      throw unreachable(where, error, 'CLICKHOUSE_URL');
    });
  return [
    { about: 'ClickHouse', look: () => answers().then(() => tables(clickHouse)) },
    { about: 'clocks', look: () => clocks(clickHouse) },
    { about: 'windows', look: () => stuckWindows(clickHouse) },
  ];
}

async function schemas(registry: Registry, topics: Topics): Promise<string> {
  const wanted = wantedSchemas(topics);
  const ids = await Promise.all(
    wanted.map(({ subject, schema }) => registry.idOf(subject, schema)),
  );
  const missing = wanted.filter((_one, index) => ids[index] === null);
  if (missing.length === 0) return `${wanted.length} subjects have this release's schema`;
  const subjects = missing.map(({ subject }) => subject).join(', ');
  throw new Error(`${subjects}: this release's schema is not registered: run the set-up`);
}

/** Beyond this share of its limit, Redis is about to refuse writes, and everything to wait for it. */
const fullShare = 0.85;

async function redisServer(redis: Redis): Promise<string> {
  const info = await answerOf(redis.info());
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
  const [used, most] = [Number(field('used_memory')), Number(field('maxmemory'))];
  if (most > 0 && used > fullShare * most) {
    throw new Error(`${share(used / most)} of its memory is used: give it more (maxmemory)`);
  }
  if (field('aof_enabled') !== '1') {
    throw new Error(
      'it keeps no append-only file: a restart forgets tags and message ids. Run it with --appendonly yes',
    );
  }
  if (field('aof_last_write_status') !== 'ok') {
    throw new Error('it cannot write its append-only file: look at its disk and its log');
  }
  const kept = most > 0 ? ` of ${megabytes(most)}` : '';
  return `version ${field('redis_version')}, ${megabytes(used)}${kept} used, written to disk`;
}

async function tables(clickHouse: ClickHouse): Promise<string> {
  const pending = await pendingMigrations(clickHouse, readMigrations());
  if (pending.length > 0) {
    throw new Error(`${pending.join(', ')} not applied: run the set-up`);
  }
  const [row] = await clickHouse.rows(
    'SELECT version() AS version, (SELECT count() FROM events) AS rows',
  );
  return `version ${row?.version}, tables in place, ${Number(row?.rows).toLocaleString('en-US')} rows in events`;
}

/** Who reads facts last wins by ClickHouse's clock; people read the answers by theirs. */
const clockLimitMs = 5000;

async function clocks(clickHouse: ClickHouse): Promise<string> {
  const before = Date.now();
  const [row] = await clickHouse.rows('SELECT toUnixTimestamp64Milli(now64(3)) AS now');
  const after = Date.now();
  const now = Number(row?.now);
  const aheadMs = now < before ? now - before : Math.max(0, now - after);
  if (Math.abs(aheadMs) <= clockLimitMs) return `ClickHouse's clock and this one agree`;
  const by = `${(Math.abs(aheadMs) / 1000).toFixed(1)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  throw new Error(`ClickHouse's clock is ${by} this machine's: keep both by NTP`);
}

async function stuckWindows(clickHouse: ClickHouse): Promise<string> {
  const rows = await clickHouse.rows(
    `SELECT windowTable, count() AS windows, any(error) AS error
       FROM windows_stuck FINAL WHERE stuck = 1 GROUP BY windowTable`,
  );
  if (rows.length === 0) return 'none is stuck';
  const said = rows.map((row) => `${row.windows} of ${row.windowTable} (${row.error})`);
  throw new Error(`cannot be recomputed, so answers over them are stale: ${said.join('; ')}`);
}

function share(of: number): string {
  return `${Math.round(100 * of)} %`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MB`;
}
