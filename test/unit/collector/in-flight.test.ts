import { createInFlight } from '../../../services/collector/in-flight';

function aBound(maxBytes: number) {
  let held = 0;
  const inFlight = createInFlight(maxBytes, (bytes) => {
    held = bytes;
  });
  return { inFlight, held: () => held };
}

test('requests grow up to the bound, and beyond it nobody is admitted', () => {
  const { inFlight, held } = aBound(100);
  const [first, second] = [inFlight.admit(), inFlight.admit()];
  expect(first?.growTo(60)).toBe(true);
  expect(second?.growTo(41)).toBe(false);
  expect(second?.growTo(40)).toBe(true);
  expect(inFlight.admit()).toBeNull();
  first?.release();
  expect(held()).toBe(40);
  expect(inFlight.admit()?.growTo(60)).toBe(true);
});

test('a request that holds nothing yet is no reason to turn another away', () => {
  const { inFlight } = aBound(100);
  const idle = Array.from({ length: 1000 }, () => inFlight.admit());
  expect(idle).not.toContain(null);
  expect(inFlight.admit()?.growTo(100)).toBe(true);
});

test('one that is over the bound by itself has room where nothing else is held', () => {
  const { inFlight } = aBound(100);
  const large = inFlight.admit();
  expect(large?.growTo(90)).toBe(true);
  expect(large?.growTo(500)).toBe(true);
  expect(inFlight.admit()).toBeNull();
  large?.release();
  const small = inFlight.admit();
  expect(small?.growTo(1)).toBe(true);
  expect(inFlight.admit()?.growTo(500)).toBe(false);
});

test('what a request held is given back once', () => {
  const { inFlight, held } = aBound(100);
  const admitted = inFlight.admit();
  expect(admitted?.growTo(80)).toBe(true);
  expect(admitted?.growTo(20)).toBe(true);
  expect(held()).toBe(80);
  admitted?.release();
  admitted?.release();
  expect(held()).toBe(0);
});

test('a request whose client is gone takes nothing any more', () => {
  const { inFlight, held } = aBound(100);
  const admitted = inFlight.admit();
  admitted?.release();
  expect(admitted?.growTo(1000)).toBe(true);
  expect(held()).toBe(0);
});

test('what only changes its form is always taken', () => {
  const { inFlight, held } = aBound(100);
  inFlight.take(150);
  expect(inFlight.admit()).toBeNull();
  inFlight.give(150);
  expect(held()).toBe(0);
});
