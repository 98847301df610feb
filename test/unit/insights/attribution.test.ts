import { attributionModels } from '../../../services/shared/domain/attribution';
import type { PathInCurrency } from '../../../services/shared/domain/attribution-report';
import { anInsightsServer } from '../../support/insights-server';

const day = 86_400_000;
const part = { conversions: 0, revenueMinor: 0, nulls: 0, agesMs: [] };
const paths: readonly PathInCurrency[] = [
  {
    ...part,
    path: ['Email', 'Direct'],
    currency: 'USD',
    conversions: 1,
    revenueMinor: 1000,
    agesMs: [7 * day, 0],
  },
  { ...part, path: ['Email'], currency: '', nulls: 1 },
];
const facts = { paths: async () => paths };

test('one model, with the ages of touches only where it needs them', async () => {
  const { get, asked } = await anInsightsServer({ facts });
  const { body } = await get('/v1/attribution?model=time_decay_7d&lookbackDays=60');
  await get('/v1/attribution?model=last');
  expect(asked.map(([, filter]) => filter)).toMatchObject([
    { withAges: true, lookBackMs: 60 * day },
    { withAges: false, lookBackMs: 30 * day },
  ]);
  expect(body).toEqual({
    models: [
      {
        model: 'time_decay_7d',
        currency: 'USD',
        credits: [
          { channel: 'Direct', conversions: 0.666666666667, revenue: '6.666666666667' },
          { channel: 'Email', conversions: 0.333333333333, revenue: '3.333333333333' },
        ],
        conversions: 1,
        revenue: '10.00',
      },
    ],
  });
});

test('all models at once, and the chain behind the Markov model', async () => {
  const { get } = await anInsightsServer({ facts });
  const { body } = await get('/v1/attribution?compare=all');
  expect(body.models.map(({ model }: { model: string }) => model)).toEqual([...attributionModels]);
  expect(body.markov).toEqual({
    conversionProbability: 0.5,
    removalEffects: { Direct: 1, Email: 1 },
    transitions: {
      '(start)': { Email: 1 },
      Direct: { '(conversion)': 1, '(null)': 0 },
      Email: { '(conversion)': 0, '(null)': 0.5, Direct: 0.5 },
    },
  });
});

test('paths with what came of them', async () => {
  const { get, asked } = await anInsightsServer({ facts });
  expect((await get('/v1/paths')).body).toEqual({
    rows: [
      { path: ['Email', 'Direct'], conversions: 1, revenue: '10.00', currency: 'USD', nulls: 0 },
      { path: ['Email'], conversions: 0, revenue: '0.00', currency: 'USD', nulls: 1 },
    ],
  });
  expect(asked[0]?.[1]).toMatchObject({ withAges: false });
});
