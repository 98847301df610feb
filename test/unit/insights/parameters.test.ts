import { allTime } from '../../../services/shared/domain/interval';
import { TransientError } from '../../../services/shared/runtime/errors';
import { anInsightsServer, aTenant } from '../../support/insights-server';

const counts = { counts: async () => [] };
const whole = {
  ...allTime,
  tenant: 'demo',
  zone: 'Europe/Berlin',
  currency: 'USD',
  traffic: 'clean',
};

test('a question that says nothing is about everything that is clean', async () => {
  const { get, asked } = await anInsightsServer({ facts: counts });
  expect(await get('/v1/counts')).toEqual({ status: 200, body: { rows: [] } });
  expect(asked).toEqual([['counts', { ...whole, interval: 'total' }]]);
});

test('times are ISO 8601, UTC where they have no offset, and held to what can be stored', async () => {
  const { get, asked } = await anInsightsServer({ facts: counts });
  await get('/v1/counts?from=2021-01-02&to=2021-01-03T12:00:00%2B02:00&traffic=all&interval=day');
  await get('/v1/counts?to=2250-01-01');
  const [from, to] = [Date.UTC(2021, 0, 2), Date.UTC(2021, 0, 3, 10)];
  expect(asked).toEqual([
    ['counts', { ...whole, from, to, traffic: 'all', interval: 'day' }],
    ['counts', { ...whole, interval: 'total' }],
  ]);
});

const withoutStores = anInsightsServer();

test.each([
  ['/v1/counts?from=yesterday', 'from'],
  ['/v1/counts?to=2021-02-30', 'to'],
  ['/v1/counts?from=2021-01-02&to=2021-01-02', 'to'],
  ['/v1/counts?traffic=dirty', 'traffic'],
  ['/v1/counts?interval=week', 'interval'],
  ['/v1/counts?tenant=nobody', 'tenant'],
  ['/v1/counts?tenant=demo&tenant=demo', 'tenant'],
  ['/v1/counts?tenat=demo', 'tenat'],
  ['/v1/ledger?interval=day', 'interval'],
  ['/v1/funnel?by=visitor', 'by'],
  ['/v1/funnel?order=loose', 'order'],
  ['/v1/funnel?steps=product_viewed,seen', 'steps'],
  ['/v1/funnel?steps=product_viewed,product_viewed', 'steps'],
  ['/v1/funnel?steps=', 'steps'],
  ['/v1/funnel?windowHours=0', 'windowHours'],
  ['/v1/funnel?windowHours=8785', 'windowHours'],
  ['/v1/funnel?windowHours=1e3', 'windowHours'],
  ['/v1/channels?selfReferral=maybe', 'selfReferral'],
  ['/v1/attribution', 'model'],
  ['/v1/attribution?model=best', 'model'],
  ['/v1/attribution?compare=some', 'compare'],
  ['/v1/attribution?model=first&lookbackDays=0', 'lookbackDays'],
  ['/v1/paths?lookbackDays=x', 'lookbackDays'],
  ['/v1/users/ann/tags?at=soon', 'at'],
  ['/v1/users/ann/tags?limit=0', 'limit'],
  ['/v1/users/ann/tags?events=21', 'events'],
  ['/v1/events/m-1?traffic=all', 'traffic'],
])('%s is refused, naming %s, before any store is asked', async (url, field) => {
  const { get, asked } = await withoutStores;
  const { status, body } = await get(url);
  expect([status, body.error, body.field]).toEqual([400, 'bad_parameter', field]);
  expect(body.message).toMatch(new RegExp(`^${field}: .`));
  expect(asked).toEqual([]);
});

test('the words that would have been right are said', async () => {
  const { get } = await anInsightsServer();
  const { body } = await get('/v1/counts?interval=week');
  expect(body.message).toBe(
    'interval: must be equal to one of the allowed values: total, hour, day',
  );
});

test('where there are several tenants one must be named, and its own zone and currency hold', async () => {
  const other = aTenant({ name: 'other', timeZone: 'Asia/Tokyo', currency: 'JPY' });
  const { get, asked } = await anInsightsServer({ facts: counts, tenants: [aTenant(), other] });
  expect((await get('/v1/counts')).body).toMatchObject({ error: 'bad_parameter', field: 'tenant' });
  await get('/v1/counts?tenant=other');
  expect(asked).toEqual([
    [
      'counts',
      { ...whole, tenant: 'other', zone: 'Asia/Tokyo', currency: 'JPY', interval: 'total' },
    ],
  ]);
});

test('a store that is down is 503; what is wrong inside is 500 and says nothing outside', async () => {
  const failing = (error: Error) => ({ facts: { counts: () => Promise.reject(error) } });
  const down = await anInsightsServer(failing(new TransientError('ClickHouse failed: refused')));
  expect(await down.get('/v1/counts')).toEqual({
    status: 503,
    body: { error: 'unavailable', message: 'ClickHouse failed: refused', field: null },
  });
  const broken = await anInsightsServer(failing(new Error('a secret')));
  const { status, body } = await broken.get('/v1/counts');
  expect([status, JSON.stringify(body).includes('secret')]).toEqual([500, false]);
  expect(broken.lines.map(({ level }) => level)).toEqual(['error']);
});

test('the OpenAPI document has every call with its parameters and answers', async () => {
  const { get } = await anInsightsServer();
  const { body } = await get('/openapi.json');
  expect(Object.keys(body.paths).sort()).toEqual([
    '/v1/arrivals',
    '/v1/attribution',
    '/v1/channels',
    '/v1/counts',
    '/v1/events',
    '/v1/events/{messageId}',
    '/v1/funnel',
    '/v1/installation',
    '/v1/latency',
    '/v1/ledger',
    '/v1/paths',
    '/v1/review',
    '/v1/review/{messageId}',
    '/v1/users/tags',
    '/v1/users/{id}',
    '/v1/users/{id}/tags',
  ]);
  const { parameters, responses } = body.paths['/v1/channels'].get;
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual([
    ...['tenant', 'from', 'to', 'traffic', 'interval', 'selfReferral'],
  ]);
  expect(parameters.some(({ required }: { required: boolean }) => required)).toBe(false);
  expect(Object.keys(responses)).toEqual(['200', '400', '503']);
});
