import { createInFlight } from '../../../services/collector/in-flight';

function aBound(maxBytes: number) {
  let held = 0;
  const inFlight = createInFlight(maxBytes, (bytes) => {
    held = bytes;
  });
  return { inFlight, held: () => held };
}

test('admits up to its bound', () => {
  const { inFlight, held } = aBound(100);
  const first = inFlight.admit(60);
  expect(inFlight.admit(41)).toBeNull();
  expect(inFlight.admit(40)).not.toBeNull();
  expect(inFlight.admit(1)).toBeNull();
  first?.release();
  expect(held()).toBe(40);
  expect(inFlight.admit(60)).not.toBeNull();
});

test('admits anything where nothing is held', () => {
  const { inFlight } = aBound(100);
  expect(inFlight.admit(500)).not.toBeNull();
  expect(inFlight.admit(1)).toBeNull();
});

test('a request may grow while there is room, and gives back all of it', () => {
  const { inFlight, held } = aBound(100);
  const admitted = inFlight.admit(10);
  expect(admitted?.growTo(80)).toBe(true);
  expect(admitted?.growTo(20)).toBe(true);
  expect(held()).toBe(80);
  expect(admitted?.growTo(101)).toBe(false);
  admitted?.release();
  admitted?.release();
  expect(held()).toBe(0);
});

test('a request whose client is gone takes nothing any more', () => {
  const { inFlight, held } = aBound(100);
  const admitted = inFlight.admit(10);
  admitted?.release();
  expect(admitted?.growTo(1000)).toBe(true);
  expect(held()).toBe(0);
});

test('what only changes its form is always taken', () => {
  const { inFlight, held } = aBound(100);
  inFlight.take(150);
  expect(inFlight.admit(1)).toBeNull();
  inFlight.give(150);
  expect(held()).toBe(0);
});
