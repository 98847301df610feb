import { channelFieldsOf } from '../../../../services/shared/domain/channel-fields';

const ofUrl = (url: string) => channelFieldsOf({ page: { url } }, {});

test('the campaign of the context', () => {
  const campaign = { source: 'n', medium: 'email', name: 'winter', term: 't', content: 'c' };
  const url = 'https://shop.example/?utm_source=other&gclid=1';
  const page = { url, referrer: 'https://blog.example/' };
  expect(channelFieldsOf({ campaign, page }, {})).toEqual({
    source: 'n',
    medium: 'email',
    campaign: 'winter',
    term: 't',
    content: 'c',
    clickId: 'gclid',
    referrer: 'https://blog.example/',
    url,
  });
});

test('utm parameters where the context has no campaign', () => {
  const { source, medium, campaign, term, content } = ofUrl(
    'https://shop.example/a?x=1&utm_source=news+letter&UTM_MEDIUM=e%2Dmail&utm_campaign=%zz' +
      '&utm_term=&utm_content=first&utm_content=second#?utm_term=after',
  );
  expect([source, medium, campaign, term, content]).toEqual([
    'news letter',
    'e-mail',
    '%zz',
    null,
    'first',
  ]);
});

test.each([
  ['https://shop.example/?gclid=abc', 'gclid'],
  ['https://shop.example/?a=1&fbclid=abc&b=2', 'fbclid'],
  ['https://shop.example/?fbclid=abc&gclid=abc', 'gclid'],
  ['https://shop.example/?ScCid=abc', 'sccid'],
  ['https://shop.example/?gclid=', null],
  ['https://shop.example/?gclid', null],
  ['https://shop.example/?mygclid=abc', null],
  ['https://shop.example/#?gclid=abc', null],
  ['https://shop.example/gclid=abc', null],
])('the click id of %s is %s', (url, clickId) => {
  expect(ofUrl(url).clickId).toBe(clickId);
});

test("a page call's own properties stand in for the context's page", () => {
  const page = { url: 'https://shop.example/?utm_source=n', referrer: 'https://blog.example/' };
  expect(channelFieldsOf({}, page)).toMatchObject({ source: 'n', ...page });
  const context = { page: { url: 'https://shop.example/b' } };
  expect(channelFieldsOf(context, page)).toMatchObject({ source: null, ...context.page });
});

test('fields of other types are not believed', () => {
  const context = { campaign: { source: { a: 1 }, medium: [] }, page: 'https://shop.example/' };
  expect(Object.values(channelFieldsOf(context, {}))).toEqual(Array(8).fill(null));
});
