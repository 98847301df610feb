import { randomUUID } from 'node:crypto';
import type { Admin } from 'kafkajs';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import {
  applicationsOfRow,
  claimOfRow,
  findingOfRow,
  ordersOfRow,
} from '../../services/shared/domain/rebuilding';
import type { Claim } from '../../services/shared/domain/settle';
import type { Codec } from '../../services/shared/runtime/codec';
import { FatalError } from '../../services/shared/runtime/errors';
import { committedPlaces } from '../../services/shared/runtime/group-offsets';
import {
  cleanedKeys,
  groupOf,
  rawKeys,
  redisGroups,
  type Topics,
} from '../../services/shared/runtime/topics';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';
import { ask } from '../../services/shared/stores/clickhouse/queries/query';
import { daysTouchedSince } from '../../services/shared/stores/clickhouse/queries/stored-values';
import { createClaims, type RedisClaims } from '../../services/shared/stores/redis/claims';
import { clearState } from '../../services/shared/stores/redis/clear';
import { answerOf } from '../../services/shared/stores/redis/client';
import { rememberPartitions } from '../../services/shared/stores/redis/known-partitions';
import {
  createOrderMemory,
  type RedisOrderMemory,
} from '../../services/shared/stores/redis/order-memory';
import { createPublished } from '../../services/shared/stores/redis/published';
import { createReached } from '../../services/shared/stores/redis/reached';
import type { ScriptServer } from '../../services/shared/stores/redis/script';
import { createTagWriter, type TagWriter } from '../../services/shared/stores/redis/tag-writer';
import { untilQuiet } from './quiet';
import { allRows, type JudgedRow } from './rows';

export interface RebuildOptions {
  readonly admin: Admin;
  readonly clickhouse: ClickHouse;
  readonly redis: ScriptServer['redis'];
  readonly keys: ScriptServer['keys'];
  readonly codec: Codec<JudgedEvent>;
  readonly topics: Topics;
  readonly groupPrefix: string;
  readonly claimWindowMs: number;
  readonly claimBucketsPerDay: number;
  readonly profileTtlMs: number;
  readonly orderHistoryTtlMs: number;
  /** Also where Redis still has a canary: what is there is thrown away. */
  readonly anew: boolean;
  readonly quietMs: number;
  readonly quietWithinMs: number;
  readonly say: (line: string) => void;
}

export interface Rebuilt {
  readonly records: number;
  readonly claims: number;
  readonly applications: number;
}

/** A canary of its own while it works, so that the services go on waiting; theirs comes last. */
const working = 'rebuilding';

/**
 * Makes claims, tags, profiles, watermarks and the states of decisions anew from the events table, and
 * how far the groups reach from Kafka. Meant for a Redis that lost its state: the cleaner and interests
 * wait meanwhile and go on by themselves afterwards. May be repeated at any point; until its last step
 * nobody writes. FatalError where Redis has its state (unless `anew`), or rows are missing.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { admin, redis, keys, topics, groupPrefix, say } = options;
  await refuseSound(options);
  const removed = await clearState(redis, keys);
  if (removed > 0) say(`${removed} keys removed`);
  await untilQuiet({
    ...{ admin, say, stillMs: options.quietMs, withinMs: options.quietWithinMs },
    group: groupOf('metrics', groupPrefix),
    topics: cleanedKeys.map((key) => topics[key]),
  });
  const key = { ...keys, canary: () => `${keys.canary()}:rebuild` };
  await answerOf(redis.set(key.canary(), working));
  const state = { assured: async () => working, doubt: () => {} };
  const server = { redis, keys: key, state };
  const rebuilt = await writeAll(server, options);
  await writePlaces(server, options);
  await answerOf(redis.unlink(key.canary()));
  await answerOf(redis.set(keys.canary(), randomUUID()));
  return rebuilt;
}

async function refuseSound({ redis, keys, anew }: RebuildOptions): Promise<void> {
  if (anew || (await answerOf(redis.exists(keys.canary()))) === 0) return;
  throw new FatalError(
    'Redis has its state: its canary is there, and the services write to it. To throw it away and ' +
      'make it anew, add --anew.',
  );
}

async function writeAll(server: ScriptServer, options: RebuildOptions): Promise<Rebuilt> {
  const {
    clickhouse,
    topics,
    claimWindowMs: windowMs,
    claimBucketsPerDay: bucketsPerDay,
  } = options;
  const claimTopics = rawKeys.map((key) => topics[key]);
  const claims = createClaims({ ...server, topics: claimTopics, windowMs, bucketsPerDay });
  const tags = createLifetimes(server, options.profileTtlMs);
  const orders = createOrderMemory({
    ...{ ...server, findingTtlMs: windowMs, historyTtlMs: options.orderHistoryTtlMs },
  });
  const since = Date.now() - windowMs;
  const days = new Set(await ask(clickhouse, daysTouchedSince(since)));
  const count = { records: 0, claims: 0, applications: 0 };
  for await (const rows of allRows(options)) {
    count.records += rows.length;
    count.claims += await writeClaims(claims, rows, days);
    count.applications += await writeTags(tags, rows);
    await writeOrders(orders, rows);
  }
  return count;
}

/** Claims whose bucket is alive: one is for as long as any id of its tenant and day came within the
 *  window. Those of other buckets have expired. */
async function writeClaims(
  claims: RedisClaims,
  rows: readonly JudgedRow[],
  days: ReadonlySet<string>,
): Promise<number> {
  const wanted = rows.flatMap(({ judged }) => claimOfRow(judged) ?? []);
  const alive = wanted.filter((claim) => days.has(dayOf(claim)));
  await claims.claim(alive);
  return alive.length;
}

/** As `daysTouchedSince` has them. */
function dayOf({ tenant, clientAt }: Claim): string {
  return `${tenant} ${clientAt === null ? '' : new Date(clientAt).toISOString().slice(0, 10)}`;
}

async function writeTags(tags: Lifetimes, rows: readonly JudgedRow[]): Promise<number> {
  let written = 0;
  for (const [appendedAt, some] of byDay(rows)) {
    const applications = some.flatMap(({ judged }) => applicationsOfRow(judged));
    if (applications.length > 0) await tags(appendedAt).apply(applications);
    written += applications.length;
  }
  return written;
}

/** What the rule for orders out of all proportion remembers, and the evidence of what it held. */
async function writeOrders(orders: RedisOrderMemory, rows: readonly JudgedRow[]): Promise<void> {
  const applications = rows.flatMap(({ judged }) => ordersOfRow(judged));
  if (applications.length > 0) await orders.add(applications);
  const findings = rows.flatMap(({ judged }) => findingOfRow(judged) ?? []);
  if (findings.length > 0) await orders.keep(findings);
}

const dayMs = 86_400_000;

/** Runs of rows that were appended on one day, in their order. */
function byDay(rows: readonly JudgedRow[]): readonly (readonly [number, readonly JudgedRow[]])[] {
  const runs: [number, JudgedRow[]][] = [];
  for (const row of rows) {
    const day = Math.floor(row.appendedAt / dayMs) * dayMs;
    const last = runs.at(-1);
    if (last?.[0] === day) last[1].push(row);
    else runs.push([day, [row]]);
  }
  return runs;
}

type Lifetimes = (appendedAt: number) => TagWriter;

/** Tags live from their last application on, which was when its record came: writers by what is left
 *  of that, a day at least, so that later records of the same user find the earlier ones. */
function createLifetimes(server: ScriptServer, profileTtlMs: number): Lifetimes {
  const writers = new Map<number, TagWriter>();
  return (appendedAt) => {
    const ageMs = Math.max(0, Math.floor((Date.now() - appendedAt) / dayMs) * dayMs);
    const ttlMs = Math.max(dayMs, profileTtlMs - ageMs);
    const known = writers.get(ttlMs) ?? createTagWriter({ ...server, ttlMs });
    writers.set(ttlMs, known);
    return known;
  };
}

/** Everything that is committed has its effects, now that all rows have; and all rows have claims. */
async function writePlaces(server: ScriptServer, options: RebuildOptions): Promise<void> {
  const { admin, topics, groupPrefix } = options;
  for (const name of redisGroups) {
    const group = groupOf(name, groupPrefix);
    const places = await committedPlaces(admin, group, Object.values(topics));
    await createReached(server, group).record(places);
    await rememberPartitions(server, group, places);
  }
  const written = cleanedKeys.map((key) => topics[key]);
  const rows = await committedPlaces(admin, groupOf('metrics', groupPrefix), written);
  await createPublished(server, groupOf('cleaner', groupPrefix)).record(rows);
}
