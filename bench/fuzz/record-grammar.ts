import type { Draw } from '../../deploy/traffic/draw';
import { type Event, eventTypes } from '../../services/shared/domain/event';
import { hostileAvro, type Schema } from './avro-grammar';
import { mutated } from './mutated';

export interface FuzzRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface RecordTools {
  /** A raw record as a sound producer writes it. */
  readonly encode: (event: Event) => Buffer;
  /** Of the raw topics. */
  readonly schema: Schema;
  /** Ids that stand for schemas of other things. */
  readonly foreignIds: readonly number[];
}

/** A record for a raw topic, from sound to no Avro at all. */
export function aRecord(draw: Draw, tools: RecordTools): FuzzRecord {
  const key = draw.chance(0.1)
    ? null
    : Buffer.from(draw.chance(0.1) ? draw.pick(texts) : `demo:a-${draw.whole(0, 999)}`);
  return { key, value: bytesOf(draw, tools) };
}

function bytesOf(draw: Draw, tools: RecordTools): Buffer | null {
  const sound = () => tools.encode(anEvent(draw));
  const written = () =>
    Buffer.concat([sound().subarray(0, 5), hostileAvro(draw, tools.schema, textFor(draw))]);
  return draw
    .weighted<{ weight: number; value: () => Buffer | null }>([
      { weight: 40, value: sound },
      { weight: 25, value: written },
      { weight: 15, value: () => mutated(draw, sound()) },
      { weight: 5, value: () => underAnotherId(draw, sound(), tools) },
      { weight: 4, value: () => cutOrLengthened(draw, sound()) },
      { weight: 4, value: () => Buffer.concat([sound().subarray(0, 5), noise(draw, 200)]) },
      { weight: 4, value: () => noise(draw, draw.pick([1, 2, 3, 4, 5, 6, 400])) },
      {
        weight: 2,
        value: () => draw.pick([null, Buffer.alloc(0), Buffer.from('{"event":"JSON"}')]),
      },
    ])
    .value();
}

function underAnotherId(draw: Draw, value: Buffer, { foreignIds }: RecordTools): Buffer {
  const id = draw.pick([0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, ...foreignIds]);
  value.writeUInt32BE(id, 1);
  if (draw.chance(0.2)) value[0] = draw.whole(1, 255);
  return value;
}

function cutOrLengthened(draw: Draw, value: Buffer): Buffer {
  if (draw.chance(0.5)) return value.subarray(0, draw.whole(0, value.length - 1));
  return Buffer.concat([value, noise(draw, 20)]);
}

function noise(draw: Draw, most: number): Buffer {
  return Buffer.from(Array.from({ length: draw.whole(1, most) }, () => draw.whole(0, 255)));
}

const texts = [
  ...[
    '',
    ' ',
    'a',
    '\u0000',
    '\r\n',
    '}{',
    '*',
    '__proto__',
    'constructor',
    '=HYPERLINK("x")',
    '\u202e',
  ],
  ...[
    'x'.repeat(256),
    'x'.repeat(257),
    'ü'.repeat(200),
    '🛒'.repeat(70),
    'https://x/?a=%zz',
    '(not set)',
  ],
];

function textFor(draw: Draw): (field: string) => string {
  return (field) => {
    if (field === 'tenant') return draw.chance(0.9) ? 'demo' : draw.pick(texts);
    if (field === 'type') return draw.chance(0.8) ? draw.pick(eventTypes) : draw.pick(texts);
    if (field === 'messageId')
      return draw.chance(0.9) ? `m-${draw.whole(0, 4e9)}` : draw.pick(texts);
    if (field === 'currency') return draw.pick(['USD', 'EUR', 'JPY', 'usd', 'ZZZ', '']);
    return draw.pick(texts);
  };
}

const amounts = [0, 100_000_000_000_000, 100_000_000_000_001, 2 ** 52, -(2 ** 52)];
const quantities = [1.5, 1e308, 5e-324, -0, Number.NaN, Number.POSITIVE_INFINITY];
const day = 86_400_000;
const noon = Date.UTC(2026, 0, 15, 12);

/** What another producer may write: most of it sound, and any of it odd. */
function anEvent(draw: Draw): Event {
  const text = () => (draw.chance(0.95) ? `t${draw.whole(0, 99)}` : draw.pick(texts));
  const maybe = <T>(value: () => T): T | null => (draw.chance(0.5) ? value() : null);
  const time = () =>
    draw.chance(0.9) ? noon + draw.whole(-30 * day, 2 * day) : draw.pick([0, -1, 8.64e15, 4e12]);
  const money = () => (draw.chance(0.95) ? draw.whole(-9, 99_999) : draw.pick(amounts));
  const items = draw.chance(0.02) ? draw.whole(50, 800) : draw.whole(0, 2);
  return {
    ...{ tenant: draw.chance(0.97) ? 'demo' : text(), messageId: `m-${draw.whole(0, 4e9)}` },
    ...{ messageIdMade: draw.chance(0.5), type: draw.pick(eventTypes), name: text() },
    ...{
      anonymousId: draw.chance(0.8) ? text() : null,
      userId: maybe(text),
      deviceId: maybe(text),
      ip: maybe(text),
    },
    ...{ userAgent: maybe(text), library: maybe(text), sessionId: maybe(text) },
    ...{
      originalAt: maybe(time),
      sentAt: maybe(time),
      receivedAt: maybe(time),
      eventAt: maybe(time),
    },
    clock: maybe(() => draw.pick(['healthy', 'as_sent', 'wrong'])) as Event['clock'],
    contentHash: maybe(() => draw.pick(['a1234567890abcdef1234567890abcde', 'x', ''])),
    ...{ category: maybe(text), searchQuery: maybe(text), shop: maybe(text) },
    items: Array.from({ length: items }, () => ({
      ...{ productId: maybe(text), sku: maybe(text), name: maybe(text), category: maybe(text) },
      ...{ brand: maybe(text), priceMinor: maybe(money) },
      quantity: maybe(() => (draw.chance(0.95) ? draw.whole(-1, 9) : draw.pick(quantities))),
    })),
    channel: {
      ...{ source: maybe(text), medium: maybe(text), campaign: maybe(text), term: maybe(text) },
      ...{ content: maybe(text), clickId: maybe(text), referrer: maybe(text), url: maybe(text) },
      ...{ group: maybe(text), selfReferral: draw.chance(0.2) },
    },
    currency: maybe(() => draw.pick(draw.chance(0.95) ? ['USD', 'JPY'] : ['usd', 'ZZZ', ''])),
    effect: maybe(() => ({
      ...{ orderId: maybe(text), coupon: maybe(text), revenueMinor: maybe(money) },
      ...{ taxMinor: maybe(money), shippingMinor: maybe(money) },
    })),
    properties: draw.pick(['{}', '', '{"a":', 'null', '{"__proto__":{"a":1}}']),
    invalid: draw.chance(0.05) ? { reason: text(), message: text() } : null,
    redriveOf: draw.chance(0.02) ? text() : null,
  };
}
