import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { ask, type Ledger } from '../../deploy/summary/api';
import { projectRoot } from '../../services/shared/runtime/root';
import { schemaText } from '../../services/shared/runtime/schema-files';
import { subjectOf, topicsOf } from '../../services/shared/runtime/topics';
import { eventually } from '../support/eventually';
import { type TestKafka, testKafka } from '../support/kafka';
import { aName } from '../support/names';
import { startTestStack, type TestStack } from '../support/test-stack';

/** The program of the README and the codecs of its page, run as they stand there. */
const program = codeOf('README.md');
const codecs = codeOf('docs/PRODUCERS.md');
const compressions = ['GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const;

jest.setTimeout(120_000);

let stack: TestStack;
let kafka: TestKafka;
let orders: string;
beforeAll(async () => {
  [stack, kafka] = await Promise.all([startTestStack(), testKafka()]);
  orders = topicsOf(stack.env.TOPIC_PREFIX).order;
});
afterAll(() => Promise.all([stack?.stop(), kafka?.close()]));

function codeOf(file: string): string {
  const text = readFileSync(join(projectRoot, file), 'utf8');
  const [, code] = /^```js\n([\s\S]*?)^```$/m.exec(text) ?? [];
  if (code === undefined) throw new Error(`${file} has no program any more`);
  return code;
}

/** Runs a program in the project's folder, with the addresses of this test. Rejects where it fails. */
function run(code: string): Promise<void> {
  const child = spawn(process.execPath, ['-'], {
    cwd: projectRoot,
    env: stack.env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  child.stdin.end(code);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => (status === 0 ? resolve() : reject(new Error(said))));
  });
}

/** The program with another message and another compression. */
function variant(messageId: string, compression: (typeof compressions)[number]): string {
  const told = program
    .replace('till-7-receipt-4711', messageId)
    .replace("orderId: '4711'", `orderId: '${messageId}'`)
    .replace('CompressionTypes.GZIP', `CompressionTypes.${compression}`);
  expect(told).toContain(`orderId: '${messageId}'`);
  expect(told).toContain(`CompressionTypes.${compression} `);
  return `${zstdWhereNodeHasNone}\n{\n${codecs}}\n${told}`;
}

/** Below Node 22.15: Zstandard frames (RFC 8878) of stored blocks, which compress nothing. */
const zstdWhereNodeHasNone = `
  require('node:zlib').zstdCompressSync ??= (bytes) => {
    const head = Buffer.from('28b52ffda000000000', 'hex');
    head.writeUInt32LE(bytes.length, 5);
    const block = Buffer.alloc(3);
    block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
    return Buffer.concat([head, block, bytes]);
  };`;

interface Traced {
  readonly records: readonly { readonly outcome: string; readonly reason: string }[];
}

/** What became of each record of a message, in the order of their offsets. */
async function outcomesOf(messageId: string, records: number): Promise<readonly string[]> {
  const found = await eventually(
    async () => {
      const path = `/v1/events/${messageId}`;
      const traced = await ask<Traced>(stack.urls.insights, path, { tenant: 'demo' });
      return traced.records.length >= records ? traced.records : null;
    },
    { deadlineMs: 60_000, message: `${records} outcomes of ${messageId}` },
  );
  return found.map(({ outcome, reason }) => `${outcome}/${reason}`).sort();
}

async function tagsOf(user: string): Promise<readonly string[]> {
  const path = `/v1/users/${user}/tags`;
  const { tags } = await ask<{ tags: readonly { tag: string }[] }>(stack.urls.insights, path);
  return tags.map(({ tag }) => tag);
}

test('the program of the README is counted, and once more is a duplicate', async () => {
  await run(program);
  expect(await outcomesOf('till-7-receipt-4711', 1)).toEqual(['counted/clean']);
  await run(program);
  expect(await outcomesOf('till-7-receipt-4711', 2)).toEqual([
    'counted/clean',
    'duplicate/same_message',
  ]);
  await eventually(async () => (await tagsOf('grace')).includes('category:Bags'), {
    deadlineMs: 30_000,
    message: 'the tag of the bag',
  });
});

test('each of the four compressions is read, and the broker has it so', async () => {
  for (const compression of compressions) await run(variant(`till-${compression}`, compression));
  for (const compression of compressions) {
    expect(await outcomesOf(`till-${compression}`, 1)).toEqual(['counted/clean']);
  }
  const read = notedCodecs();
  let records = 0;
  await kafka.consume(aName('reader'), {
    topics: [orders],
    stage: async (batch) => {
      records += batch.records.length;
    },
  });
  await eventually(() => records >= 6, { deadlineMs: 30_000, message: 'all six records' });
  expect([...read()].sort()).toEqual(compressions.map((name) => CompressionTypes[name]).sort());
});

/** The compressions that this process unpacks from now on. */
function notedCodecs(): () => ReadonlySet<number> {
  const read = new Set<number>();
  const known = CompressionCodecs as Record<number, () => { decompress(bytes: Buffer): unknown }>;
  for (const type of compressions.map((name) => CompressionTypes[name])) {
    const codecOf = known[type];
    if (codecOf === undefined) throw new Error(`no codec for compression ${type}`);
    known[type] = () => {
      const codec = codecOf();
      const decompress = (bytes: Buffer) => {
        read.add(type);
        return codec.decompress(bytes);
      };
      return { ...codec, decompress };
    };
  }
  return () => read;
}

describe('another version of the schema', () => {
  type Field = { name: string; type: unknown; default?: unknown };
  const own = JSON.parse(schemaText('event')) as { fields: readonly Field[] };
  const withFields = (change: (fields: readonly Field[]) => readonly Field[]) =>
    JSON.stringify({ ...own, fields: change(own.fields) });

  async function register(schema: string): Promise<number> {
    const subject = encodeURIComponent(subjectOf(orders));
    const answer = await fetch(`${stack.env.SCHEMA_REGISTRY_URL}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    });
    return answer.status;
  }

  test.each([
    [
      'a type that is another',
      withFields((fields) =>
        fields.map((field) => (field.name === 'messageId' ? { ...field, type: 'long' } : field)),
      ),
    ],
    [
      'a new field without a default',
      withFields((fields) => [...fields, { name: 'till', type: 'string' }]),
    ],
  ])('%s is refused by the registry', async (_what, schema) => {
    expect([409, 422]).toContain(await register(schema));
  });

  test('a new field with a default is taken, and what is written with it is counted', async () => {
    const till: Field = { name: 'till', type: ['null', 'string'], default: null };
    expect(await register(withFields((fields) => [...fields, till]))).toBe(200);
    await run(variant('till-newer', 'GZIP').replace("tenant: 'demo',", "$& till: 'seven',"));
    expect(await outcomesOf('till-newer', 1)).toEqual(['counted/clean']);
  });

  test('a field taken away that had no default: a dead letter, and nothing waits for it', async () => {
    expect(
      await register(withFields((fields) => fields.filter((one) => one.name !== 'name'))),
    ).toBe(200);
    await run(variant('till-nameless', 'GZIP'));
    const { reasons } = await eventually(
      async () => {
        const ledger = await ask<Ledger>(stack.urls.insights, '/v1/ledger');
        return (ledger.outcomes.dead ?? 0) > 0 ? ledger : null;
      },
      { deadlineMs: 60_000, message: 'a dead letter' },
    );
    const dead = reasons.filter(({ outcome }) => outcome === 'dead');
    expect(dead).toEqual([expect.objectContaining({ reason: 'undecodable', events: 1 })]);
  });
});
