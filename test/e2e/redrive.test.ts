import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from '../../deploy/summary/api';
import type { Event } from '../../services/shared/domain/event';
import type { Ledger } from '../../services/shared/domain/ledger';
import { parseAvro } from '../../services/shared/runtime/avro';
import type { Codec } from '../../services/shared/runtime/codec';
import { eventCodec } from '../../services/shared/runtime/codecs';
import { createRegistry, type Registry } from '../../services/shared/runtime/registry';
import { projectRoot } from '../../services/shared/runtime/root';
import { schemaText } from '../../services/shared/runtime/schema-files';
import { groupOf, subjectOf, topicsOf } from '../../services/shared/runtime/topics';
import { type ClickHouse, connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { anEvent, anItem } from '../support/event-builders';
import { eventually } from '../support/eventually';
import { type TestKafka, testKafka } from '../support/kafka';
import { ledgerSaying } from '../support/ledger-saying';
import { aName } from '../support/names';
import { startTestStack, type TestStack } from '../support/test-stack';

jest.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'tributary-redrive-'));
const tenantsFile = join(folder, 'tenants.yaml');

let stack: TestStack;
let kafka: TestKafka;
let clickhouse: ClickHouse;
let registry: Registry;
let codec: Codec<Event>;
let topic: string;
/** The one that is registered later, and the letters written in it. */
let schema: string;
let letters: readonly Buffer[];
let accepted: number;
beforeAll(async () => {
  writeFileSync(tenantsFile, readFileSync(join(projectRoot, 'config', 'tenants.yaml')));
  stack = await startTestStack({
    ...{ KAFKA_PARTITIONS: '1', METRICS_LEDGER_EVERY: '2s', TENANTS_FILE: tenantsFile },
  });
  kafka = await testKafka();
  topic = topicsOf(stack.env.TOPIC_PREFIX).click;
  const { SCHEMA_REGISTRY_URL = '', CLICKHOUSE_URL = '', CLICKHOUSE_DATABASE = '' } = stack.env;
  registry = createRegistry({ registryUrl: SCHEMA_REGISTRY_URL });
  codec = eventCodec({ registryUrl: SCHEMA_REGISTRY_URL, topic });
  await codec.ready();
  clickhouse = connectClickHouse({ url: CLICKHOUSE_URL, database: CLICKHOUSE_DATABASE });
});
afterAll(async () => {
  await clickhouse?.close();
  await kafka?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true });
});

/** A tenant that the file does not have at first. */
const newcomer = `
  - name: newcomer
    writeKeyHashes: []
    ownDomains: []
    timeZone: UTC
    currency: EUR
    allowedAgents: []
    allowedAddresses: []
`;

/** As a backend writes it: what is derived is left out. */
const aViewOf = (user: string, part: Partial<Event>): Event => ({
  ...anEvent({ anonymousId: user, items: [anItem({ category: 'Bags', priceMinor: 3990 })] }),
  ...{ receivedAt: null, eventAt: null, clock: null, contentHash: null, sentAt: null },
  ...part,
});

const timeless = { messageId: '', originalAt: null };
/** Those that come under a schema that nobody has registered yet. */
const strange: readonly Event[] = [
  aViewOf('ann', { messageId: 'redrive-1' }),
  aViewOf('bob', timeless),
  aViewOf('cid', { messageId: '' }),
];
/** Its agent, address and missing currency are what a copy must have kept. */
const unknown = aViewOf('dan', { tenant: 'newcomer', messageId: 'redrive-2' });

/** Our own schema and one field more, of another name each time: their bytes are alike. */
function aSchema(): string {
  const own = JSON.parse(schemaText('event')) as { fields: readonly object[] };
  const field = { name: aName('field').replaceAll('-', '_'), type: ['null', 'string'] };
  return JSON.stringify({ ...own, fields: [...own.fields, { ...field, default: null }] });
}

async function register(text: string): Promise<number> {
  const answer = await registry.register(subjectOf(topic), text);
  if (!answer.ok) throw new Error(answer.why);
  return answer.id;
}

/** The field that was added is left at its default. */
function written(event: Event, text: string, id: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, parseAvro(text).toBuffer(event)]);
}

const run = promisify(execFile);

/** Runs the command; how many it sent. */
async function redrive(): Promise<number> {
  const program = join(projectRoot, 'dist', 'deploy', 'redrive', 'main.js');
  const { stdout } = await run(process.execPath, [program], { env: stack.env, cwd: projectRoot });
  const [, sent] = /dead letters: (\d+) sent/.exec(stdout) ?? [];
  if (sent === undefined) throw new Error(`the command said: ${stdout}`);
  return Number(sent);
}

const ledgerWhere = (what: string, isSo: (ledger: Ledger) => boolean) =>
  ledgerSaying(stack.urls.insights, what, isSo);

/** The ledger once every one of so many accepted records has its row. */
const closedAt = (count: number) =>
  ledgerWhere(`${count} records with a row each`, ({ accepted, unaccounted, outcomes }) => {
    // What nobody has judged yet is not missed yet.
    const rows = Object.values(outcomes).reduce((sum, events) => sum + events, 0);
    return accepted === count && unaccounted === 0 && rows >= count;
  });

/** What counts, a line a message: tenant, user, currency and how often. */
async function counted(): Promise<readonly string[]> {
  const rows = await clickhouse.rows(
    `SELECT concat(tenant, ' ', anonymousId, ' ', currency, ' ', toString(count())) AS line
       FROM events FINAL WHERE outcome = 'counted'
      GROUP BY tenant, anonymousId, currency ORDER BY anonymousId`,
  );
  return rows.map(({ line }) => String(line));
}

const once = ['demo ann USD 1', 'demo bob USD 1', 'demo cid USD 1', 'newcomer dan EUR 1'];

/** In the profiles too, which tags are added together with. */
async function eachIsSeenOnce(): Promise<void> {
  for (const user of ['ann', 'bob', 'cid']) {
    const isSeenOnce = async () => {
      const path = `/v1/users/${user}`;
      const { counts } = await ask<{ counts: object }>(stack.urls.insights, path);
      return JSON.stringify(counts) === '{"product_viewed":1}';
    };
    await eventually(isSeenOnce, { deadlineMs: 30_000, message: `one view of ${user}` });
  }
}

/** All records of the topic come to the cleaner once more, under their own coordinates. */
async function redeliver(): Promise<void> {
  const groupId = groupOf('cleaner', stack.env.KAFKA_GROUP_PREFIX);
  const isLeft = async () => {
    const { groups } = await kafka.admin.describeGroups([groupId]);
    return groups.every(({ state }) => state === 'Empty');
  };
  const letGo = stack.freeze('cleaner');
  await eventually(isLeft, { deadlineMs: 60_000, message: 'the cleaner has lost its partitions' });
  await kafka.admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] });
  letGo();
}

test('dead letters stay dead while their cause is there', async () => {
  expect(await redrive()).toBe(0);
  schema = aSchema();
  const id = (await register(aSchema())) + 1;
  letters = strange.map((event) => written(event, schema, id));
  const values = [...letters, codec.encode(unknown), Buffer.from('no Avro at all')];
  await kafka.append(topic, 0, values);
  const { reasons } = await closedAt(values.length);
  expect(reasons.map(({ reason, events }) => [reason, events]).sort()).toEqual([
    ['not_avro', 1],
    ['unknown_schema', 3],
    ['unknown_tenant', 1],
  ]);
  // The one that can be read is tried, and dies again; its copies are not tried beside it.
  expect(await redrive()).toBe(1);
  await closedAt(values.length + 1);
  expect(await redrive()).toBe(1);
  accepted = values.length + 2;
  expect((await closedAt(accepted)).outcomes).toMatchObject({ dead: accepted, counted: 0 });
  expect(await register(schema)).toBe(id);
  appendFileSync(tenantsFile, newcomer);
  stack.kill('cleaner');
});

test('once the cause is mended each counts once, however often it is sent again', async () => {
  const sent = (await Promise.all([redrive(), redrive(), redrive()])).reduce((a, b) => a + b);
  expect(sent).toBeGreaterThanOrEqual(4);
  await closedAt(accepted + sent);
  // Its producer too sends one once more; whoever has come through is not sent again.
  await kafka.append(topic, 0, letters.slice(0, 1));
  const dead = accepted;
  accepted += sent + 1;
  const ledger = await closedAt(accepted);
  expect(ledger.outcomes).toMatchObject({ dead, counted: 4, duplicate: accepted - dead - 4 });
  expect([ledger.doubled, ledger.extra]).toEqual([0, 0]);
  expect(await counted()).toEqual(once);
  await eachIsSeenOnce();
});

test('delivered again under their own coordinates they are duplicates of their copies', async () => {
  await redeliver();
  // What could not be read stood under no tenant: the row of what is read now stands beside it.
  const ledger = await ledgerWhere('rows of three more', ({ extra }) => extra === 3);
  expect(ledger).toMatchObject({ accepted, unaccounted: 0, doubled: 0 });
  expect(ledger.outcomes).toMatchObject({ dead: 4, counted: 4, duplicate: accepted - 5 });
  expect(await counted()).toEqual(once);
  await eachIsSeenOnce();
});
