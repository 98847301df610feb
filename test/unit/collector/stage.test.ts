import { createInFlight } from '../../../services/collector/in-flight';
import { createCollectorStage, type Origin } from '../../../services/collector/stage';
import { createTurns } from '../../../services/collector/turns';
import type { Event } from '../../../services/shared/domain/event';
import type { Tenant } from '../../../services/shared/domain/tenant';
import { TransientError } from '../../../services/shared/runtime/errors';
import { sha256Hex } from '../../../services/shared/runtime/hash';
import { partitionOf } from '../../../services/shared/runtime/publisher';
import { rawKeys } from '../../../services/shared/runtime/topics';
import { noon } from '../../support/event-builders';
import { eventually } from '../../support/eventually';
import { aClock } from '../../support/fake-clock';
import { aTenant } from './a-tenant';

const live: Origin = { call: null, lane: 'live', browser: null };

interface Published {
  readonly topic: string;
  readonly partition: number;
  readonly ids: readonly string[];
  settle(failure?: Error): void;
}

/** A stage over a Kafka that acknowledges when it is told to. */
function aWorld({ partitions = 4, ackTimeoutMs = 5000 } = {}) {
  const effects: string[] = [];
  const published: Published[] = [];
  let held = 0;
  const inFlight = createInFlight(1_000_000, (bytes) => {
    held = bytes;
  });
  const stage = createCollectorStage({
    publish: (topic, partition, messages) =>
      new Promise((resolve, reject) => {
        const ids = messages.map(({ value }) => decode(value).messageId);
        effects.push(`publish ${topic}/${partition}: ${ids.join(' ')}`);
        const settle = (failure?: Error) => (failure ? reject(failure) : resolve());
        published.push({ topic, partition, ids, settle });
      }),
    encode: (event) => Buffer.from(JSON.stringify(event)),
    lanes: Object.fromEntries(
      rawKeys.map((key) => [key, { topic: key, partitions }]),
    ) as Parameters<typeof createCollectorStage>[0]['lanes'],
    turns: createTurns(),
    inFlight,
    tools: { sha256Hex, randomId: () => 'random' },
    clock: aClock(noon),
    maxEventBytes: 32_768,
    ackTimeoutMs,
  });
  const collect = (messages: readonly unknown[], origin = live, tenant: Tenant = aTenant()) => {
    const entries = messages.map((message) => ({ message, tenant, keyId: 'k' }));
    const receipt = stage({ entries, sentAt: undefined }, origin);
    receipt.then(
      () => effects.push('accepted'),
      () => effects.push('failed'),
    );
    return receipt;
  };
  return { effects, published, collect, held: () => held };
}

function decode(value: Buffer | null): Event {
  return JSON.parse(String(value)) as Event;
}

const track = (id: string, event: string, anonymousId: string) => ({
  type: 'track',
  messageId: id,
  event,
  anonymousId,
});

test('the answer comes after every partition acknowledged, and not before', async () => {
  const world = aWorld({ partitions: 1 });
  const receipt = world.collect([
    track('m1', 'Product Viewed', 'ann'),
    track('m2', 'Product Added', 'ann'),
    track('m3', 'Order Completed', 'ann'),
    track('m4', 'Product Viewed', 'bob'),
    { type: 'identify', messageId: 'm5', userId: 'u' },
  ]);
  await settled();
  expect(world.effects).toEqual([
    'publish click/0: m1 m4',
    'publish cart/0: m2',
    'publish order/0: m3',
    'publish identity/0: m5',
  ]);
  for (const part of world.published.slice(0, 3)) part.settle();
  await settled();
  expect(world.effects).toHaveLength(4);
  expect(world.held()).toBeGreaterThan(0);
  world.published[3]?.settle();
  await expect(receipt).resolves.toEqual({ accepted: 5, refused: [] });
  expect(world.effects.at(-1)).toBe('accepted');
  expect(world.held()).toBe(0);
});

test.each([0, 1, 2, 3])('a failure of part %i acknowledges nothing', async (failing) => {
  const world = aWorld({ partitions: 1 });
  const receipt = world.collect([
    track('m1', 'Product Viewed', 'ann'),
    track('m2', 'Product Added', 'ann'),
    track('m3', 'Order Completed', 'ann'),
    { type: 'group', messageId: 'm4', userId: 'u' },
  ]);
  await settled();
  for (const [index, part] of world.published.entries()) {
    part.settle(index === failing ? new TransientError('leader moved') : undefined);
  }
  await expect(receipt).rejects.toThrow('leader moved');
  expect(world.effects.filter((effect) => effect === 'accepted')).toEqual([]);
  await settled();
  expect(world.held()).toBe(0);
});

test('a Kafka that answers too late is an outage, and what it still holds is held here', async () => {
  const world = aWorld({ ackTimeoutMs: 20 });
  const receipt = world.collect([track('m1', 'Product Viewed', 'ann')]);
  await expect(receipt).rejects.toBeInstanceOf(TransientError);
  expect(world.held()).toBeGreaterThan(0);
  world.published[0]?.settle();
  await settled();
  expect(world.held()).toBe(0);
  expect(world.effects.at(-1)).toBe('failed');
});

test('a record that cannot be encoded publishes nothing of its request', async () => {
  const world = aWorld();
  const circular = { type: 'track', messageId: 'm', event: 'x', userId: 'u' };
  const broken = {
    get type(): string {
      throw new TypeError('broken');
    },
  };
  await expect(world.collect([circular, broken])).rejects.toThrow('broken');
  expect(world.effects).toEqual(['failed']);
  expect(world.held()).toBe(0);
});

test("one user's events of a topic go to one partition, in the order they came", async () => {
  const world = aWorld({ partitions: 8 });
  const users = ['ann', 'bob', 'cy', 'dora', 'ed'];
  const messages = Array.from({ length: 100 }, (_, index) =>
    track(`m${index}`, 'Product Viewed', users[index % users.length] ?? ''),
  );
  void world.collect(messages);
  const all = () => world.published.flatMap(({ ids }) => ids).length === messages.length;
  await eventually(all, { deadlineMs: 5000, message: 'all of them published' });
  for (const user of users) {
    const partition = partitionOf(`demo:${user}`, 8);
    const ids = world.published.find((part) => part.partition === partition)?.ids ?? [];
    const wanted = messages.filter((one) => one.anonymousId === user).map((one) => one.messageId);
    expect(ids.filter((id) => wanted.includes(id))).toEqual(wanted);
  }
  for (const part of world.published) part.settle();
});

test('the key is the anonymous id, else the user id, else the message id', async () => {
  const world = aWorld({ partitions: 1000 });
  const at = (key: string) => partitionOf(`demo:${key}`, 1000);
  void world.collect([
    { ...track('m1', 'x', 'ann'), userId: 'u1' },
    { type: 'track', messageId: 'm2', event: 'x', userId: 'u2' },
    { type: 'track', messageId: 'm3', event: 'x' },
  ]);
  await settled();
  expect(world.published.map(({ partition, ids }) => [partition, ...ids])).toEqual([
    [at('ann'), 'm1'],
    [at('u2'), 'm2'],
    [at('m3'), 'm3'],
  ]);
  for (const part of world.published) part.settle();
});

test('imports have their own lane, whatever they hold', async () => {
  const world = aWorld({ partitions: 1 });
  const messages = [
    track('m1', 'Order Completed', 'a'),
    { type: 'alias', messageId: 'm2', userId: 'u' },
  ];
  const receipt = world.collect(messages, { ...live, lane: 'import' });
  await settled();
  expect(world.effects).toEqual(['publish import/0: m1 m2']);
  world.published[0]?.settle();
  await receipt;
});

test('a refused item is published too, beside the sound ones, and named', async () => {
  const world = aWorld({ partitions: 1 });
  const price = {
    ...track('m2', 'Product Added', 'ann'),
    properties: { product_id: 1, price: 'x' },
  };
  const receipt = world.collect([track('m1', 'Product Viewed', 'ann'), price, 7]);
  await settled();
  expect(world.effects).toEqual(['publish click/0: m1 random', 'publish cart/0: m2']);
  for (const part of world.published) part.settle();
  await expect(receipt).resolves.toEqual({
    accepted: 3,
    refused: [
      { index: 1, messageId: 'm2', reason: 'invalid_amount', message: expect.any(String) },
      { index: 2, messageId: 'random', reason: 'not_an_object', message: expect.any(String) },
    ],
  });
});

test('an empty batch is accepted at once', async () => {
  const world = aWorld();
  await expect(world.collect([])).resolves.toEqual({ accepted: 0, refused: [] });
  expect(world.effects).toEqual(['accepted']);
});

/** Lets everything that waits for nothing else run: a slow machine maps a request in several turns. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
