import { ledgerOf } from '../../../services/shared/domain/ledger';
import { anInsightsServer } from '../../support/insights-server';

const topic = 'events.click.v1';
const at = { topic, partition: 0 };
const ledger = ledgerOf({
  reasons: [{ outcome: 'counted', reason: 'clean', events: 3 }],
  doubles: [],
  of: {
    rows: [{ ...at, offsets: 3, voids: 0, lastOffset: 3, ahead: 0 }],
    spans: [{ ...at, firstOffset: 0, logEnd: 4 }],
    holes: [{ ...at, offset: 1 }],
    findings: [{ ...at, kind: 'same_coordinates', records: 1, offset: 2 }],
  },
});

test('the whole ledger is asked for without bounds, and answered in full', async () => {
  const { get, asked } = await anInsightsServer({ facts: { ledger: async () => ledger } });
  const { status, body } = await get('/v1/ledger');
  expect(asked).toEqual([['ledger', { tenant: null, from: null, to: null }]]);
  expect([status, body]).toEqual([200, ledger]);
  expect(body).toMatchObject({
    accepted: 4,
    unaccounted: 1,
    topics: [{ firstMissing: 1, firstExtra: 2 }],
  });
});

test('a part of it is asked for by tenant and append time', async () => {
  const { get, asked } = await anInsightsServer({ facts: { ledger: async () => ledger } });
  await get('/v1/ledger?tenant=demo&from=2026-01-01');
  expect(asked).toEqual([['ledger', { tenant: 'demo', from: Date.UTC(2026, 0, 1), to: null }]]);
});
