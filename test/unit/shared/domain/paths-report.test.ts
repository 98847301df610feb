import { mergedPaths } from '../../../../services/shared/domain/paths-report';

const aPart = { agesMs: [], conversions: 0, revenueMinor: 0, nulls: 0, currency: '' };

test('a path has one row in the tenant’s currency and one for each other it sold in', () => {
  const path = ['Email', 'Direct'];
  const rows = mergedPaths(
    [
      { ...aPart, path, nulls: 9 },
      { ...aPart, path, currency: 'EUR', conversions: 1, revenueMinor: 500 },
      { ...aPart, path, currency: 'USD', conversions: 2, revenueMinor: 700 },
      { ...aPart, path: ['Email'], currency: 'USD', conversions: 1, revenueMinor: 100 },
    ],
    'USD',
  );
  expect(rows).toEqual([
    { path, currency: 'USD', conversions: 2, revenueMinor: 700, nulls: 9 },
    { path, currency: 'EUR', conversions: 1, revenueMinor: 500, nulls: null },
    { path: ['Email'], currency: 'USD', conversions: 1, revenueMinor: 100, nulls: 0 },
  ]);
});

test('paths are told apart by their touches, whatever channels are called', () => {
  const rows = mergedPaths(
    [
      { ...aPart, path: ['A', 'B'], nulls: 1 },
      { ...aPart, path: ['A > B'], nulls: 2 },
      { ...aPart, path: ['A,B'], nulls: 3 },
    ],
    'USD',
  );
  expect(rows.map(({ nulls }) => nulls)).toEqual([1, 2, 3]);
});
