import fc from 'fast-check';
import { attributionModels } from '../../../../services/shared/domain/attribution';
import {
  attributionReport,
  type PathInCurrency,
} from '../../../../services/shared/domain/attribution-report';

const aPart: PathInCurrency = {
  path: ['Email'],
  agesMs: [],
  conversions: 0,
  revenueMinor: 0,
  nulls: 0,
  currency: '',
};

test('credits are printed with more decimals than anybody needs and name their currency', () => {
  const paths = [
    { ...aPart, path: ['A', 'B', 'C'], currency: 'USD', conversions: 1, revenueMinor: 1000 },
  ];
  const { models, markov } = attributionReport(['linear'], paths, 'USD');
  expect(markov).toBeNull();
  expect(models).toEqual([
    {
      model: 'linear',
      currency: 'USD',
      credits: [
        { channel: 'A', conversions: 0.333333333334, revenue: '3.333333333334' },
        { channel: 'B', conversions: 0.333333333333, revenue: '3.333333333333' },
        { channel: 'C', conversions: 0.333333333333, revenue: '3.333333333333' },
      ],
      conversions: 1,
      revenue: '10.00',
    },
  ]);
});

test('orders in another currency have credits of their own, under one chain for all', () => {
  const paths = [
    { ...aPart, currency: 'USD', conversions: 2, revenueMinor: 400 },
    { ...aPart, path: ['Direct'], currency: 'JPY', conversions: 1, revenueMinor: 900 },
    { ...aPart, path: ['Direct'], nulls: 1 },
  ];
  const { models, markov } = attributionReport(['first', 'markov_order1'], paths, 'USD');
  expect(
    models.map(({ model, currency, conversions, revenue }) => [
      model,
      currency,
      conversions,
      revenue,
    ]),
  ).toEqual([
    ['first', 'USD', 2, '4.00'],
    ['markov_order1', 'USD', 2, '4.00'],
    ['first', 'JPY', 1, '900'],
    ['markov_order1', 'JPY', 1, '900'],
  ]);
  expect(markov?.conversionProbability).toBeCloseTo(0.75, 12);
  const chained = models.filter(({ model }) => model === 'markov_order1');
  expect(chained.map(({ credits }) => credits.map(({ channel }) => channel))).toEqual([
    ['Direct', 'Email'],
    ['Direct', 'Email'],
  ]);
});

test('no orders at all: every model has totals of zero', () => {
  const { models } = attributionReport(attributionModels, [{ ...aPart, nulls: 3 }], 'USD');
  expect(models.map(({ conversions, revenue }) => [conversions, revenue])).toEqual(
    attributionModels.map(() => [0, '0.00']),
  );
});

test('printed credits add up digit by digit', () => {
  const channel = fc.constantFrom('A', 'B', 'C', 'Direct');
  const path = fc.record({
    path: fc.array(channel, { minLength: 1, maxLength: 5 }),
    conversions: fc.integer({ min: 1, max: 400 }),
    revenueMinor: fc.integer({ min: 0, max: 1_000_000_000 }),
    nulls: fc.nat(100),
    currency: fc.constantFrom('USD', 'EUR'),
  });
  const aged = path.map((row) => ({ ...row, agesMs: row.path.map((_, at) => at * 86_400_000) }));
  const scaled = (decimal: string, places: number) =>
    BigInt(decimal.replace('.', '')) * 10n ** BigInt(places - (decimal.split('.')[1]?.length ?? 0));
  fc.assert(
    fc.property(fc.array(aged, { minLength: 1, maxLength: 10 }), (paths) => {
      for (const { credits, revenue } of attributionReport(attributionModels, paths, 'USD')
        .models) {
        const sum = credits.reduce((total, credit) => total + scaled(credit.revenue, 12), 0n);
        expect(sum).toBe(scaled(revenue, 12));
      }
    }),
  );
});
