import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { CompressionTypes } from 'kafkajs';
import { waitUntilProcessed } from '../../../deploy/start/measured-replay';
import { ask, type Ledger } from '../../../deploy/summary/api';
import type { RawTopicKey } from '../../../services/shared/runtime/topics';
import { connectClickHouse } from '../../../services/shared/stores/clickhouse/client';
import { connectRedis } from '../../../services/shared/stores/redis/client';
import { eventually } from '../../support/eventually';
import { aPipeline, type Pipeline, tally } from '../../support/hostile/pipeline';
import { printTable } from '../../support/hostile/print-table';
import {
  aRawEvent,
  type RecordLine,
  type RecordTools,
  recordLines,
} from '../../support/hostile/record-lines';
import { recordTools } from '../../support/hostile/record-tools';

jest.setTimeout(60_000);

let pipeline: Pipeline;
let tools: RecordTools;
let redis: Redis;

beforeAll(async () => {
  pipeline = await aPipeline();
  const { stack, kafka, topics } = pipeline;
  const large = [{ name: 'max.message.bytes', value: '16777216' }];
  const resources = [{ type: 2, name: topics.click, configEntries: large }];
  await kafka.admin.alterConfigs({ validateOnly: false, resources });
  const url = stack.env.REDIS_URL ?? '';
  redis = connectRedis({ url, commandTimeoutMs: 5000, onDown: () => {}, onUp: () => {} });
  tools = await recordTools(stack.env.SCHEMA_REGISTRY_URL ?? '', topics);
}, 90_000);

afterAll(async () => {
  redis?.disconnect();
  await pipeline?.close();
}, 60_000);

/** Appends records in the order given, and finds the verdict on each. */
async function verdictsOn(
  records: readonly { readonly key?: Buffer | null; readonly value: Buffer | null }[],
  { topic = 'click', compression = CompressionTypes.None }: Sending = {},
) {
  const { kafka, topics } = pipeline;
  const from = await pipeline.ends();
  const messages = records.map(({ key = null, value }) => ({ key, value, partition: 0 }));
  await kafka.producer.send({ topic: topics[topic], messages, compression });
  return pipeline.verdicts(from, await pipeline.ends());
}

interface Sending {
  readonly topic?: RawTopicKey;
  readonly compression?: CompressionTypes;
}

test('each record gets its verdict, and the one after it is counted', async () => {
  const lines = recordLines(tools);
  const found: [RecordLine, string][] = [];
  for (const line of lines) {
    const neighbour = { value: tools.encode(aRawEvent({ anonymousId: 'neighbour' })) };
    const [judged, next] = await verdictsOn([line, neighbour]);
    if (judged === undefined || next === undefined) throw new Error(`no verdict on ${line.what}`);
    found.push([line, tally([judged])]);
    said.push({ ...line, got: tally([judged]), said: judged.evidence });
    expect(`${line.what}: ${tally([next])}`).toBe(`${line.what}: counted/clean`);
  }
  printTable('records', said);
  expect(found.map(([{ what }, got]) => `${what}: ${got}`)).toEqual(
    lines.map(({ what, got }) => `${what}: ${got}`),
  );
});

const said: (RecordLine & { readonly said: string })[] = [];

test.each([
  ['gzip', CompressionTypes.GZIP],
  ['Snappy', CompressionTypes.Snappy],
  ['LZ4', CompressionTypes.LZ4],
])('batches compressed with %s', async (_name, compression) => {
  const batch = Array.from({ length: 50 }, () => ({ value: tools.encode(aRawEvent()) }));
  expect(tally(await verdictsOn(batch, { compression }))).toBe('counted/clean x50');
});

test('batches compressed with Zstandard, by the broker', async () => {
  const { kafka, topics } = pipeline;
  const zstd = [{ name: 'compression.type', value: 'zstd' }];
  const resources = [{ type: 2, name: topics.cart, configEntries: zstd }];
  await kafka.admin.alterConfigs({ validateOnly: false, resources });
  const batch = Array.from({ length: 50 }, () => ({ value: tools.encode(aRawEvent()) }));
  expect(tally(await verdictsOn(batch, { topic: 'cart' }))).toBe('counted/clean x50');
});

test('what somebody else wrote to a topic of the cleaner is left out, and what follows is not', async () => {
  const { kafka, topics, codec, stack } = pipeline;
  const [sound] = await verdictsOn([{ value: tools.encode(aRawEvent({ anonymousId: 'twice' })) }]);
  if (sound === undefined) throw new Error('no verdict');
  const forged = (source: object) =>
    codec.encode({ ...sound, source: { ...sound.source, ...source } });
  const values: readonly (readonly [what: string, value: Buffer | null, leftOut: boolean])[] = [
    ['null', null, true],
    ['empty', Buffer.alloc(0), true],
    ['1 byte', Buffer.from([0]), true],
    ['no Avro', Buffer.from('{"event":"JSON"}'), true],
    ['a raw record', tools.encode(aRawEvent()), true],
    ['unknown schema id', Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]), true],
    ['truncated', codec.encode(sound).subarray(0, -3), true],
    ['forged coordinates: a topic nobody has', forged({ topic: 'elsewhere' }), true],
    ['forged coordinates: another partition', forged({ partition: 7 }), true],
    ['forged coordinates: an offset below zero', forged({ offset: -1 }), true],
    ['the same offset twice', codec.encode(sound), false],
  ];
  for (const [, value] of values) {
    await kafka.producer.send({ topic: topics.clean, messages: [{ value, partition: 0 }] });
  }
  await verdictsOn([{ value: tools.encode(aRawEvent({ anonymousId: 'twice' })) }]);
  await tagged('twice', 2);
  const rows = values.map(([what, , leftOut]) => ({
    ...{ group: 'clean topic', what, got: leftOut ? 'left out, ERROR in the log' : 'one effect' },
  }));
  printTable('records', rows);
  for (const service of ['interests', 'metrics'] as const) {
    const metric = /^tributary_foreign_records_total\{[^}]*\} (\d+)$/gm;
    const counts = async () =>
      [...(await (await fetch(`${stack.urls[service]}/metrics`)).text()).matchAll(metric)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    const wanted = values.filter(([, , leftOut]) => leftOut).length;
    await eventually(async () => (await counts()) === wanted, {
      deadlineMs: 15_000,
      message: `${service} left ${wanted} records out`,
    });
  }
});

/** Waits until a user's profile counts so many product views. */
async function tagged(user: string, views: number): Promise<void> {
  const key = `${pipeline.stack.env.REDIS_KEY_PREFIX}profile:{demo:${user}}`;
  const wanted = { deadlineMs: 15_000, message: `${views} views of ${user}` };
  await eventually(
    async () => (await redis.hget(key, 'n:product_viewed')) === String(views),
    wanted,
  );
}

test('keys of Redis that hold something else are set aside; scripts it forgot are taught again', async () => {
  const prefix = pipeline.stack.env.REDIS_KEY_PREFIX;
  const wrong = async (user: string, kind: string) => {
    await redis.set(`${prefix}${kind}:{demo:${user}}`, 'somebody else');
    const anonymousId = user;
    const value = tools.encode(aRawEvent({ anonymousId, category: 'Bags', type: 'page_viewed' }));
    const neighbour = tools.encode(aRawEvent({ anonymousId: `${user}-neighbour` }));
    expect(tally(await verdictsOn([{ value }, { value: neighbour }]))).toBe('counted/clean x2');
    await tagged(`${user}-neighbour`, 1);
    expect(await redis.get(`${prefix}${kind}:{demo:${user}}:set-aside`)).toBe('somebody else');
    expect(await redis.zcard(`${prefix}tags:{demo:${user}}`)).toBeGreaterThan(0);
  };
  await wrong('wrong-tags', 'tags');
  await wrong('wrong-profile', 'profile');
  await redis.script('FLUSH');
  await verdictsOn([{ value: tools.encode(aRawEvent({ anonymousId: 'noscript' })) }]);
  await tagged('noscript', 1);
});

test('a bucket of claims that holds something else is set aside', async () => {
  const at = Date.UTC(2026, 2, 3);
  const value = tools.encode(aRawEvent({ messageId: 'claimed', originalAt: at, sentAt: at }));
  await verdictsOn([{ value }]);
  const pattern = `${pipeline.stack.env.REDIS_KEY_PREFIX}claims:{demo:2026-03-03:*}`;
  const [bucket = ''] = await redis.keys(pattern);
  await redis.del(bucket);
  await redis.set(bucket, 'somebody else');
  const next = tools.encode(aRawEvent());
  expect(tally(await verdictsOn([{ value }, { value: next }]))).toMatch('counted/clean');
  expect(await redis.get(`${bucket}:set-aside`)).toBe('somebody else');
});

test('a column missing in ClickHouse: rows wait, and are written once it is there', async () => {
  const { CLICKHOUSE_URL: url = '', CLICKHOUSE_DATABASE: database = '' } = pipeline.stack.env;
  const clickhouse = connectClickHouse({ url, database });
  await clickhouse.command('ALTER TABLE events DROP COLUMN term');
  await verdictsOn([{ value: tools.encode(aRawEvent()) }]);
  const log = join(pipeline.stack.folder, 'logs', 'metrics.log');
  const said = () => readFileSync(log, 'utf8').includes('compare it with schemas/clickhouse');
  await eventually(said, { deadlineMs: 20_000, message: 'metrics says what to do' });
  await clickhouse.command('ALTER TABLE events ADD COLUMN term String AFTER campaign');
  await clickhouse.close();
});

test('the services go on, and the ledger is closed', async () => {
  const accepted = [...(await pipeline.ends()).values()].reduce((sum, end) => sum + end, 0);
  await waitUntilProcessed(pipeline.stack, { accepted, say: () => {} });
  const ledger = await ask<Ledger>(pipeline.stack.urls.insights, '/v1/ledger');
  // The copy whose claim somebody wrote over: the ledger tells of it.
  expect(ledger).toMatchObject({ accepted, unaccounted: 0, doubled: 1 });
  expect(Object.values(ledger.outcomes).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  expect(Object.values(pipeline.stack.restarts())).toEqual([0, 0, 0, 0, 0]);
});
