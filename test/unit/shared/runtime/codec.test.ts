import { Type } from 'avsc';
import fc from 'fast-check';
import type { Event } from '../../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../../services/shared/domain/outcome';
import { type Codec, createCodec } from '../../../../services/shared/runtime/codec';
import type { Registry } from '../../../../services/shared/runtime/registry';
import { schemaText } from '../../../../services/shared/runtime/schema-files';
import { aChannel, anEvent, anItem } from '../../../support/event-builders';

/** Schemas by id; the first one is registered under every subject. */
function registryOf(...schemas: readonly string[]): Registry {
  return {
    schemaText: async (id) => schemas[id - 1] ?? null,
    idOf: async (_subject, text) => schemas.indexOf(text) + 1 || null,
    register: async () => ({ ok: false, why: 'closed' }),
    requireBackward: async () => {},
  };
}

async function codecOf<T>(text: string, ...others: readonly string[]): Promise<Codec<T>> {
  const registry = registryOf(text, ...others);
  const codec = createCodec<T>({ registry, schemaText: text, subject: 's' });
  await codec.ready();
  return codec;
}

/** A value in another schema, framed with its id. */
function framed(id: number, schema: object, value: unknown): Buffer {
  const header = Buffer.from([0, 0, 0, 0, id]);
  return Buffer.concat([header, Type.forSchema(schema as Type).toBuffer(value)]);
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const wellFormed = fc.string({ unit: 'grapheme' });
const moment = fc.integer({ min: 0, max: 4e12 });
const money = fc.integer({ min: -(2 ** 52), max: Number.MAX_SAFE_INTEGER });

const events: fc.Arbitrary<Event> = fc
  .record({
    messageId: wellFormed,
    name: wellFormed,
    anonymousId: orNull(wellFormed),
    userId: orNull(wellFormed),
    originalAt: orNull(moment),
    eventAt: moment,
    items: fc.array(
      fc.record({
        name: orNull(wellFormed),
        priceMinor: orNull(money),
        quantity: orNull(fc.double()),
      }),
    ),
    campaign: orNull(wellFormed),
    effect: orNull(fc.record({ orderId: orNull(wellFormed), revenueMinor: orNull(money) })),
    properties: fc.json(),
  })
  .map(({ items, campaign, effect, ...rest }) =>
    anEvent({
      ...rest,
      items: items.map((item) => anItem(item)),
      channel: aChannel({ campaign }),
      effect: effect && { taxMinor: null, shippingMinor: null, coupon: null, ...effect },
    }),
  );

test('every event comes back as it was', async () => {
  const codec = await codecOf<Event>(schemaText('event'));
  fc.assert(
    fc.property(events, (event) => {
      const decoded = codec.decode(codec.encode(event));
      expect(decoded).toEqual({ ok: true, value: event });
    }),
  );
});

test('a judged event comes back as it was, with its event or its bytes', async () => {
  const codec = await codecOf<JudgedEvent>(schemaText('judged-event'));
  const source = { topic: 't', partition: 3, offset: 2 ** 40 };
  const judged: JudgedEvent = {
    source,
    appendedAt: 1_700_000_000_000,
    outcome: 'collision',
    reason: 'message_id_reused',
    evidence: 'e',
    version: 2 ** 52 + 7,
    firstCounted: false,
    weightsVersion: 2,
    heldBy: { ...source, offset: 1 },
    decision: { reviewer: 'r', note: 'n', decidedAt: 5, byPerson: true },
    event: anEvent({ ip: null }),
    undecoded: null,
  };
  const dead: JudgedEvent = { ...judged, event: null, undecoded: Buffer.from([1, 2, 255]) };
  for (const value of [judged, dead]) {
    expect(codec.decode(codec.encode(value))).toEqual({ ok: true, value });
  }
});

test('what is decoded holds nothing of the fetched buffer', async () => {
  const codec = await codecOf<JudgedEvent>(schemaText('judged-event'));
  const bytes = Buffer.from([1, 2, 3]);
  const value = codec.encode({
    source: { topic: 't', partition: 0, offset: 0 },
    ...{ appendedAt: 0, outcome: 'dead', reason: 'not_avro', evidence: '', version: 0 },
    ...{ firstCounted: false, weightsVersion: 1, heldBy: null, decision: null, event: null },
    undecoded: bytes,
  });
  const decoded = codec.decode(value);
  value.fill(0);
  expect(decoded).toMatchObject({ ok: true, value: { undecoded: bytes, reason: 'not_avro' } });
});

test('values larger than any before are encoded whole', async () => {
  const codec = await codecOf<Event>(schemaText('event'));
  for (const length of [10, 100_000, 1_000_000, 10]) {
    const properties = 'x'.repeat(length);
    const decoded = codec.decode(codec.encode(anEvent({ properties })));
    expect(decoded).toMatchObject({ ok: true, value: { properties } });
  }
});

test.each([1.5, Number.NaN, 2 ** 53, -(2 ** 52) - 1, Number.POSITIVE_INFINITY])(
  'a number that a long cannot hold exactly is not encoded: %p',
  async (eventAt) => {
    const codec = await codecOf<Event>(schemaText('event'));
    expect(() => codec.encode({ ...anEvent(), eventAt })).toThrow(`invalid "long": ${eventAt}`);
  },
);

describe('bytes of every kind get an answer', () => {
  test.each([
    [null, 'empty_value'],
    [Buffer.alloc(0), 'empty_value'],
    [Buffer.from([0, 0, 1]), 'not_avro'],
    [Buffer.from('{"a":1}'), 'not_avro'],
    [Buffer.from([0, 0, 0, 0, 9, 1]), 'unknown_schema'],
    [Buffer.from([0, 0, 0, 0, 1]), 'undecodable'],
    [Buffer.from([0, 0, 0, 0, 1, 2, 3, 4]), 'undecodable'],
  ])('%p', async (value, reason) => {
    const codec = await codecOf<Event>(schemaText('event'));
    await codec.prepare([value]);
    expect(codec.decode(value)).toMatchObject({ ok: false, reason });
  });

  test('cut short, continued, or with any byte changed', async () => {
    const codec = await codecOf<Event>(schemaText('event'));
    const sound = codec.encode(anEvent({ items: [anItem({ name: 'a' })] }));
    for (let end = 5; end < sound.length; end += 1) {
      expect(codec.decode(sound.subarray(0, end))).toMatchObject({ reason: 'undecodable' });
    }
    const longer = Buffer.concat([sound, Buffer.from([0])]);
    expect(codec.decode(longer)).toMatchObject({ reason: 'undecodable' });
    fc.assert(
      fc.property(fc.nat(sound.length - 6), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(sound);
        changed[at + 5] = byte;
        expect(typeof codec.decode(changed).ok).toBe('boolean');
      }),
    );
  });

  test('random bytes behind a known id', async () => {
    const codec = await codecOf<JudgedEvent>(schemaText('judged-event'));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), bytes]);
        expect(typeof codec.decode(value).ok).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('writers with schemas of their own', () => {
  const reader = '{"type":"record","name":"T","fields":[{"name":"a","type":"string"}]}';
  const withField = (type: unknown) => ({
    type: 'record',
    name: 'T',
    fields: [
      { name: 'x', type },
      { name: 'a', type: 'string' },
    ],
  });
  const decodeFrom = async (schema: object, value: Buffer) => {
    const codec = await codecOf<object>(reader, JSON.stringify(schema));
    await codec.prepare([value]);
    return codec.decode(value);
  };
  const arrays = withField({ type: 'array', items: 'null' });

  test('a count of millions in a few bytes costs nothing', async () => {
    const bomb = Buffer.from([0, 0, 0, 0, 2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 2, 0x61]);
    const startedAt = Date.now();
    const decoded = await decodeFrom(arrays, bomb);
    expect(decoded).toMatchObject({ ok: false, reason: 'undecodable' });
    expect(decoded).toMatchObject({ message: expect.stringContaining('a collection claims') });
    expect(Date.now() - startedAt).toBeLessThan(5000);
  });

  test('nor do many blocks, or a count below zero', async () => {
    const blocks = Array.from({ length: 50 }, () => [80]).flat();
    const many = Buffer.from([0, 0, 0, 0, 2, ...blocks, 0, 2, 0x61]);
    expect(await decodeFrom(arrays, many)).toMatchObject({ ok: false });
    const negative = Buffer.from([0, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 2, 0x61]);
    expect(await decodeFrom(arrays, negative)).toMatchObject({ ok: false });
  });

  test('sound collections of fields we do not read are passed over', async () => {
    const nested = withField({ type: 'map', values: { type: 'array', items: ['null', 'long'] } });
    const value = framed(2, nested, { x: { __proto__x: [1, null], b: [] }, a: 'ok' });
    expect(await decodeFrom(nested, value)).toEqual({ ok: true, value: { a: 'ok' } });
  });

  test('a map key __proto__ is a key', async () => {
    const map = { type: 'map', values: 'string' };
    const codec = await codecOf<Record<string, string>>(JSON.stringify(map));
    const key = Buffer.from('__proto__');
    const bytes = [0, 0, 0, 0, 1, 2, key.length * 2, ...key, 2, 0x61, 0];
    const decoded = codec.decode(Buffer.from(bytes));
    expect(decoded.ok && Object.entries(decoded.value)).toEqual([['__proto__', 'a']]);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test('a number too large to be exact is not read as another', async () => {
    const long = withField('long');
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const codec = await codecOf<object>(JSON.stringify(long));
    const decoded = codec.decode(Buffer.from([0, 0, 0, 0, 1, ...huge, 2, 0x61]));
    expect(decoded).toMatchObject({ ok: false, reason: 'undecodable' });
  });

  test.each([
    ['of another type', '{"type":"record","name":"T","fields":[{"name":"a","type":"int"}]}'],
    ['without a field we need', '{"type":"record","name":"T","fields":[]}'],
    ['that is not Avro', '{"$schema":"https://json-schema.org/draft/2020-12/schema"}'],
  ])('a schema %s makes its records undecodable', async (_name, schema) => {
    const codec = await codecOf<object>(reader, schema);
    const value = Buffer.from([0, 0, 0, 0, 2, 2, 0x61]);
    await codec.prepare([value]);
    expect(codec.decode(value)).toMatchObject({ ok: false, reason: 'undecodable' });
  });
});

test('a value that was not prepared is a fault of the program, not of the record', async () => {
  const codec = await codecOf<Event>(schemaText('event'));
  expect(() => codec.decode(Buffer.from([0, 0, 0, 0, 77, 1]))).toThrow('prepare()');
});
