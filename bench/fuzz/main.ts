import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { waitUntilProcessed } from '../../deploy/start/measured-replay';
import { type Stack, startStack } from '../../deploy/start/stack';
import { ask, type Ledger } from '../../deploy/summary/api';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { type Topics, topicsOf } from '../../services/shared/runtime/topics';
import { fuzzHttp } from './http-run';
import { appendRecords, recordsOn } from './kafka-records';
import { startNeighbour } from './neighbour';
import { type FuzzFlags, parseFlags } from './options';
import { ownEnvironment } from './own-environment';
import { recordTools } from './record-tools';
import { type Watched, watchProcess } from './stall';

const writeKey = 'demo-write-key';
/** No loop may stand still for longer, by its own work. */
const longestStallMs = 50;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
/** What went wrong; the exit status is 1 where there is anything. */
const faults: string[] = [];

function print(what: string, figures: object): void {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}

interface Run {
  readonly stack: Stack;
  readonly kafka: Kafka;
  readonly topics: Topics;
  readonly flags: FuzzFlags;
}

async function requests({ stack, kafka, topics, flags }: Run): Promise<void> {
  const url = stack.urls.collector;
  const port = Number(new URL(url).port);
  const options = { ...flags, port, writeKey, mostEvents: 300 };
  // What runs for the first time is compiled; that is no stall of the program.
  const warm = await fuzzHttp({ ...options, seed: flags.seed + 1, requests: 3000 });
  const watch = await watchProcess(url);
  const neighbour = startNeighbour(port, writeKey);
  const begun = Date.now();
  const run = await fuzzHttp({ ...options, onProgress: (sent) => say(`${sent} requests`) });
  const seconds = (Date.now() - begun) / 1000;
  const neighbours = await neighbour.stop();
  const watched = await watch.stop();
  const accepted = warm.accepted + run.accepted + neighbours.answered;
  const unknown = warm.unknown + run.unknown;
  const records = await recordsOn(kafka, topics);
  const { answers, hangs } = run;
  const aSecond = Math.round(flags.requests / seconds);
  print('requests', { sent: flags.requests, seconds, aSecond, answers, hangs });
  print('their events', { accepted, leftBehind: unknown, records });
  print('neighbours', neighbours);
  report('collector', watched);
  faults.push(...warm.findings, ...run.findings);
  if (neighbours.failed > 0) faults.push('a sound request was not answered with 200');
  if (records < accepted || records > accepted + unknown) faults.push('records do not add up');
}

function report(name: string, watched: Watched): void {
  print(`${name}, longest stall in ms and memory in MB`, watched);
  if (!(watched.workMs <= longestStallMs)) faults.push(`${name} stood still: ${watched.workMs} ms`);
}

async function records({ stack, kafka, topics, flags }: Run): Promise<void> {
  const before = await recordsOn(kafka, topics);
  const begun = Date.now();
  await appendRecords({
    ...{ kafka, topics, partitions: Number(stack.env.KAFKA_PARTITIONS), records: flags.records },
    tools: await recordTools(stack.env.SCHEMA_REGISTRY_URL ?? '', topics),
    seed: flags.seed + 2,
    onProgress: (appended) => say(`${appended} records`),
  });
  await waitUntilProcessed(stack, { accepted: before + flags.records, say });
  const seconds = (Date.now() - begun) / 1000;
  print('records', { appended: flags.records, processedWithin: seconds });
}

/** Each record has one outcome, and each service is the process that was started. */
async function ledger({ stack, kafka, topics }: Run): Promise<void> {
  const expected = await recordsOn(kafka, topics);
  const found = await ask<Ledger>(stack.urls.insights, '/v1/ledger');
  const { accepted, unaccounted, doubled, outcomes, reasons } = found;
  const restarts = stack.restarts();
  const crashes = Object.values(restarts).reduce((sum, times) => sum + times, 0);
  for (const { outcome, reason, events } of reasons) print(`  ${outcome}/${reason}`, { events });
  print('ledger', { accepted, outcomes, unaccounted, doubled });
  print('processes', { crashes, restarts });
  for (const { name, ...usage } of stack.meter.usage()) print(`  ${name}`, usage);
  const rows = Object.values(outcomes).reduce((total, count) => total + count, 0);
  if (accepted !== expected || rows !== expected) faults.push('the ledger does not add up');
  if (unaccounted !== 0 || doubled !== 0) faults.push('the ledger is not closed');
  if (crashes > 0) faults.push('a service ended and was started again');
}

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-fuzz-'));
  const env = await ownEnvironment(process.env);
  const stack = await startStack({ env, folder, fresh: true, say });
  try {
    stack.meter.mark();
    const topics = topicsOf(stack.env.TOPIC_PREFIX);
    const brokers = (stack.env.KAFKA_BROKERS ?? '').split(',');
    const kafka = createKafka({
      ...{ clientId: 'fuzz', brokers, log: createLog('fuzz', { level: 'error' }) },
    });
    const run = { stack, kafka, topics, flags };
    await requests(run);
    await records(run);
    await ledger(run);
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  () => {
    for (const fault of faults) process.stdout.write(`wrong: ${fault}\n`);
    process.stdout.write(faults.length === 0 ? 'nothing wrong\n' : `${faults.length} wrong\n`);
    process.exit(faults.length === 0 ? 0 : 1);
  },
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
