import { allTime, isAligned } from '../../../../services/shared/domain/interval';

const hour = 3_600_000;

test.each([
  [{ from: 0, to: 2 * hour }, true],
  [{ from: hour, to: allTime.to }, true],
  [allTime, true],
  [{ from: 1, to: hour }, false],
  [{ from: 0, to: hour + 1 }, false],
])('%j is whole hours: %s', (range, whole) => {
  expect(isAligned(range, hour)).toBe(whole);
});
