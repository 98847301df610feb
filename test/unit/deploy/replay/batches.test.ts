import fc from 'fast-check';
import { type Batch, Batcher } from '../../../../deploy/replay/batches';

function pack(messages: readonly string[], maxEvents: number, maxBytes: number): Batch[] {
  const batcher = new Batcher({ maxEvents, maxBytes });
  const batches = messages.map((message) => batcher.add(message));
  return [...batches, batcher.take()].filter((batch) => batch !== null);
}

test('every message goes out once, in order, and no batch of several is over a bound', () => {
  const messages = fc.array(fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)));
  const bounds = {
    events: fc.integer({ min: 1, max: 5 }),
    bytes: fc.integer({ min: 20, max: 90 }),
  };
  fc.assert(
    fc.property(messages, bounds.events, bounds.bytes, (all, maxEvents, maxBytes) => {
      const batches = pack(all, maxEvents, maxBytes);
      const contents = batches.map(({ body }) => JSON.parse(body.toString()).batch as string[]);
      expect(contents.flat().map((text) => JSON.stringify(text))).toEqual(all);
      expect(batches.map(({ events }) => events)).toEqual(contents.map(({ length }) => length));
      for (const { body, events } of batches) {
        expect(events).toBeLessThanOrEqual(maxEvents);
        if (events > 1) expect(body.length).toBeLessThanOrEqual(maxBytes);
      }
    }),
  );
});

test('a message above the bound goes alone', () => {
  const batches = pack(['1', '"a long message"', '2'], 10, 20);
  expect(batches.map(({ body }) => body.toString())).toEqual([
    '{"batch":[1]}',
    '{"batch":["a long message"]}',
    '{"batch":[2]}',
  ]);
});
