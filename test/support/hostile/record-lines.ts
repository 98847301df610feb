import type { Event } from '../../../services/shared/domain/event';
import type { RawTopicKey } from '../../../services/shared/runtime/topics';
import { anEvent, anItem } from '../event-builders';

/** A record that another producer writes to a raw topic, and the verdict on it. */
export interface RecordLine {
  readonly group: string;
  readonly what: string;
  readonly value: Buffer | null;
  readonly key?: Buffer | null;
  readonly got: string;
  readonly topic?: RawTopicKey;
}

/** Ids of schemas: of ours, of two compatible ones that others may write in, and of another thing. */
export interface SchemaIds {
  readonly older: number;
  readonly newer: number;
  readonly foreign: number;
  readonly judged: number;
}

export interface RecordTools {
  readonly encode: (event: Event) => Buffer;
  readonly ids: SchemaIds;
  /** The same event in the older schema, and in the newer one with a map whose key is __proto__. */
  readonly older: (event: Event) => Buffer;
  readonly newer: (event: Event) => Buffer;
}

type Written = readonly [what: string, value: Buffer | null, got: string];

const lines = (group: string, written: readonly Written[]): readonly RecordLine[] =>
  written.map(([what, value, got]) => ({ group, what, value, got }));

export function recordLines(tools: RecordTools): readonly RecordLine[] {
  return [
    ...frames(tools),
    ...schemas(tools),
    ...bodies(tools),
    ...content(tools),
    ...sizes(tools),
  ];
}

let made = 0;
/** An event that no other record is a copy of, as a producer leaves out what is derived. */
export function aRawEvent(part: Partial<Event> = {}): Event {
  made += 1;
  const derived = { receivedAt: null, eventAt: null, clock: null, contentHash: null };
  return { ...anEvent({ messageId: `raw-${made}` }), ...derived, ...part };
}

function frames({ encode }: RecordTools): readonly RecordLine[] {
  const sound = () => encode(aRawEvent());
  const wrongMagic = sound();
  wrongMagic[0] = 1;
  const short = (bytes: number): Written => [
    `${bytes} bytes`,
    sound().subarray(0, bytes),
    'dead/not_avro',
  ];
  return lines('frame', [
    ['null', null, 'dead/empty_value'],
    ['empty', Buffer.alloc(0), 'dead/empty_value'],
    ...[1, 2, 3, 4].map(short),
    ['5 bytes: a schema id and no body', sound().subarray(0, 5), 'dead/undecodable'],
    ['wrong magic byte', wrongMagic, 'dead/not_avro'],
    ['JSON', Buffer.from('{"event":"Product Viewed"}'), 'dead/not_avro'],
  ]);
}

function schemas({ encode, ids, older, newer }: RecordTools): readonly RecordLine[] {
  const under = (id: number) => {
    const value = encode(aRawEvent());
    value.writeUInt32BE(id, 1);
    return value;
  };
  return lines('schema id', [
    ['unknown', under(2 ** 31 - 1), 'dead/unknown_schema'],
    ['zero', under(0), 'dead/unknown_schema'],
    ['negative', under(2 ** 32 - 1), 'dead/unknown_schema'],
    ["foreign: another thing's", under(ids.foreign), 'dead/undecodable'],
    ['foreign: of judged events', under(ids.judged), 'dead/undecodable'],
    ['older compatible schema', older(aRawEvent()), 'counted/clean'],
    ['newer compatible schema, with a map key __proto__', newer(aRawEvent()), 'counted/clean'],
  ]);
}

function bodies({ encode }: RecordTools): readonly RecordLine[] {
  const whole = encode(aRawEvent());
  const marked = encode(aRawEvent({ searchQuery: 'MARK', items: [] }));
  const countAt = marked.indexOf('MARK') + 4;
  const counting = (count: bigint) =>
    Buffer.concat([marked.subarray(0, countAt), long(count), marked.subarray(countAt + 1)]);
  // The tenant's length is the first thing after the header.
  const lengthOf = (length: bigint) =>
    Buffer.concat([whole.subarray(0, 5), long(length), whole.subarray(6)]);
  const notUtf8 = encode(aRawEvent({ name: 'AAAA' }));
  notUtf8.write('\xff\xfe\xc0\x80', notUtf8.indexOf('AAAA'), 'latin1');
  const twice = encode(aRawEvent());
  return lines('body', [
    ['truncated by a byte', whole.subarray(0, -1), 'dead/undecodable'],
    ['truncated in the middle', whole.subarray(0, whole.length >> 1), 'dead/undecodable'],
    ['trailing bytes', Buffer.concat([whole, Buffer.from([1, 2, 3])]), 'dead/undecodable'],
    ['an array of 2^40 items', counting(2n ** 40n), 'dead/undecodable'],
    ['an array of -2^40 items', counting(-(2n ** 40n)), 'dead/undecodable'],
    ['an array of 2^62 items', counting(2n ** 62n), 'dead/undecodable'],
    ['a string of 2^31 bytes', lengthOf(2n ** 31n), 'dead/undecodable'],
    ['a string of 2^62 bytes', lengthOf(2n ** 62n), 'dead/undecodable'],
    ['a string of -1 bytes', lengthOf(-1n), 'dead/undecodable'],
    ['strings that are no UTF-8', notUtf8, 'counted/clean'],
    ['a record', twice, 'counted/clean'],
    ['the same record once more', twice, 'duplicate/same_message'],
  ]);
}

function content({ encode }: RecordTools): readonly RecordLine[] {
  const item = (part: Parameters<typeof anItem>[0]) =>
    encode(aRawEvent({ items: [anItem({ productId: 'p', ...part })] }));
  const order = (revenueMinor: number, currency: string | null = 'USD') =>
    encode(
      aRawEvent({
        ...{ type: 'order_completed', currency },
        effect: { orderId: 'o', revenueMinor, taxMinor: null, shippingMinor: null, coupon: null },
      }),
    );
  const event = (part: Partial<Event>) => encode(aRawEvent(part));
  return lines('content', [
    ['quantity NaN', item({ quantity: Number.NaN }), 'dead/invalid_items'],
    ['quantity Infinity', item({ quantity: Infinity }), 'dead/invalid_items'],
    ['quantity -Infinity', item({ quantity: -Infinity }), 'dead/invalid_items'],
    ['a price of 2^52', item({ priceMinor: 2 ** 52 }), 'dead/invalid_items'],
    ['revenue of 2^52', order(2 ** 52), 'dead/invalid_amount'],
    ['revenue of -2^52', order(-(2 ** 52)), 'dead/invalid_amount'],
    ['currency nobody has', order(1, 'ZZZ'), 'dead/invalid_currency'],
    ['a tenant nobody has', event({ tenant: 'nobody' }), 'dead/unknown_tenant'],
    ['tenant __proto__', event({ tenant: '__proto__' }), 'dead/unknown_tenant'],
    ['no user', event({ anonymousId: null, userId: null }), 'dead/no_user'],
    ['an id of 257 bytes', event({ userId: 'u'.repeat(257) }), 'dead/id_too_long'],
    ['a time before 1970', event({ originalAt: -1 }), 'dead/invalid_timestamp'],
    ['a time after 2299', event({ originalAt: 8.64e15 }), 'dead/invalid_timestamp'],
    ['received in the year 2200', event({ receivedAt: Date.UTC(2200, 0, 1) }), 'counted/clean'],
    ['a type nobody knows', event({ type: '__proto__' as Event['type'] }), 'counted/clean'],
    ['a clock nobody knows', event({ clock: 'sun' as never }), 'counted/clean'],
    ['properties that are no JSON', event({ properties: '{"a":' }), 'counted/clean'],
    ['no message id', event({ messageId: '' }), 'counted/clean'],
    ['a content hash that is none', event({ contentHash: 'x' }), 'counted/clean'],
    [
      'refused for a reason nobody knows',
      event({ invalid: { reason: 'x', message: 'y' } }),
      'dead/refused',
    ],
  ]);
}

function sizes({ encode }: RecordTools): readonly RecordLine[] {
  const padded = (bytes: number) =>
    encode(aRawEvent({ properties: JSON.stringify({ pad: 'x'.repeat(bytes) }) }));
  const keyed = (what: string, key: Buffer | null): RecordLine => ({
    ...{ group: 'key', what, key, value: encode(aRawEvent()), got: 'counted/clean' },
  });
  return [
    ...lines('size', [
      ['a record of 800 KB', padded(800_000), 'counted/clean'],
      ['a record of 1 MB', padded(1_000_000), 'dead/too_large'],
      ['a record of 10 MB', padded(10_000_000), 'dead/too_large'],
    ]),
    keyed('null', null),
    keyed('empty', Buffer.alloc(0)),
    keyed("not the body's user", Buffer.from('demo:somebody-else')),
    keyed('no UTF-8', Buffer.from([0xff, 0xfe])),
    keyed('of 500 KB', Buffer.alloc(500_000, 'k')),
  ];
}

/** Avro's zigzag varint. */
function long(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
