import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ga4Channel } from '../../../../deploy/verify/ga4-channel';
import { expectedUsers } from '../../../../deploy/verify/tags-oracle';

const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
const categories = join(folder, 'categories.csv');
writeFileSync(
  categories,
  'source,source_category\nbing,SOURCE_CATEGORY_SEARCH\ntiktok.com,SOURCE_CATEGORY_VIDEO\n',
);
afterAll(() => rmSync(folder, { recursive: true }));
const channelOf = ga4Channel(categories, 'shop.example');

test.each([
  ['google', 'cpc', 'Paid Search'],
  ['<Other>', 'cpc', 'Paid Search'],
  ['', 'organic', 'Organic Search'],
  ['a', 'email', 'Email'],
  ['a', 'affiliate', 'Affiliates'],
  ['a', '<Other>', 'Unassigned'],
  ['(data deleted)', '(none)', 'Unassigned'],
  ['<Other>', 'referral', 'Referral'],
  ['bing', 'referral', 'Organic Search'],
  ['tiktok.com', 'referral', 'Organic Video'],
  ['blog.example', 'referral', 'Referral'],
  ['(direct)', '(none)', 'Direct'],
  ['a', '(none)', 'Unassigned'],
  ['', '', null],
  ['www.shop.example', 'referral', null],
])('the channel of %s / %s is %s', (source, medium, channel) => {
  expect(channelOf(source, medium)).toBe(channel);
});

const heading = 'ts_us,event_name,user_pseudo_id,page_location,source,medium,items';
const halfLifeUs = 14 * 86_400 * 1_000_000;
const landmarkUs = Date.UTC(2026, 0, 1) * 1000;

async function users(...rows: readonly string[]) {
  const file = join(folder, 'events.csv');
  writeFileSync(file, `${[heading, ...rows].join('\n')}\n`);
  return expectedUsers(file, channelOf);
}

test('weights decay forward, add up, and count each tag once an event', async () => {
  const page = 'https://shop.googlemerchandisestore.com/Google+Redesign/Shop+by+Brand';
  const items = '"[{""cat"":""Bags"",""price"":44.5},{""cat"":""Bags"",""price"":12}]"';
  const found = await users(
    `${landmarkUs},page_view,u,${page},bing,referral,`,
    `${landmarkUs - halfLifeUs},page_view,u,${page},,,`,
    `${landmarkUs + halfLifeUs},add_to_cart,u,,,,${items}`,
    `${landmarkUs},scroll,u,${page},google,cpc,`,
  );
  const tags = found.get('u')?.tags;
  const weights = Object.fromEntries([...(tags ?? [])].map(([tag, { weight }]) => [tag, weight]));
  expect(weights).toEqual({
    'category:Shop by Brand': 1.5,
    'channel:Organic Search': 1,
    'category:Bags': 12,
    'price:25-50': 12,
    'price:10-25': 12,
  });
});

test('the profile is that of the latest event, and of the latest that named a channel', async () => {
  const found = await users(
    `${landmarkUs + 5000},scroll,u,,,,`,
    `${landmarkUs},page_view,u,,bing,referral,`,
    `${landmarkUs + 999},page_view,u,,google,cpc,`,
    `${landmarkUs - 9000},purchase,u,,a,email,`,
  );
  const user = found.get('u');
  expect(user?.lastSeenAt).toBe(landmarkUs / 1000 + 5);
  expect(user?.lastChannels).toEqual(new Set(['Organic Search', 'Paid Search']));
  expect(Object.fromEntries(user?.counts ?? [])).toEqual({
    custom: 1,
    page_viewed: 2,
    order_completed: 1,
  });
});
