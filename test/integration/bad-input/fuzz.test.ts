import { fuzzHttp } from '../../../bench/fuzz/http-run';
import { appendRecords } from '../../../bench/fuzz/kafka-records';
import { recordTools } from '../../../bench/fuzz/record-tools';
import { waitUntilProcessed } from '../../../deploy/start/measured-replay';
import { ask, type Ledger } from '../../../deploy/summary/api';
import { keys } from '../../support/hostile/lines';
import { aPipeline, type Pipeline } from '../../support/hostile/pipeline';

let pipeline: Pipeline;

beforeAll(async () => {
  const limit = '10000000';
  pipeline = await aPipeline({
    COLLECTOR_KEY_EVENTS_PER_SECOND: limit,
    COLLECTOR_KEY_REFUSED_PER_SECOND: limit,
    COLLECTOR_ADDRESS_REQUESTS_PER_SECOND: limit,
    COLLECTOR_ADDRESS_REFUSALS_PER_SECOND: limit,
  });
}, 60_000);

afterAll(() => pipeline?.close(), 60_000);

const recordsSoFar = async () =>
  [...(await pipeline.ends()).values()].reduce((sum, end) => sum + end, 0);

test('seeded requests: each gets the answer it must, each event of a success is a record', async () => {
  const port = Number(new URL(pipeline.stack.urls.collector).port);
  const run = await fuzzHttp({
    ...{ port, writeKey: keys.demo, seed: 7, requests: 1500 },
    ...{ connections: 4, pipelined: 16, mostEvents: 200 },
  });
  expect(run.findings).toEqual([]);
  expect(run.hangs).toBe(0);
  const records = await recordsSoFar();
  expect(records).toBeGreaterThanOrEqual(run.accepted);
  expect(records).toBeLessThanOrEqual(run.accepted + run.unknown);
}, 60_000);

test('seeded records: each has one outcome, and no service ends', async () => {
  const { stack, kafka, topics } = pipeline;
  const before = await recordsSoFar();
  const tools = await recordTools(stack.env.SCHEMA_REGISTRY_URL ?? '', topics);
  const records = 4000;
  await appendRecords({
    ...{ kafka: kafka.kafka, topics, partitions: 1, tools },
    seed: 7,
    records,
  });
  const accepted = before + records;
  await waitUntilProcessed(stack, { accepted, say: () => {} });
  const ledger = await ask<Ledger>(stack.urls.insights, '/v1/ledger');
  expect(ledger).toMatchObject({ accepted, unaccounted: 0, doubled: 0 });
  expect(Object.values(ledger.outcomes).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  expect(Object.values(stack.restarts())).toEqual([0, 0, 0, 0, 0]);
}, 90_000);
