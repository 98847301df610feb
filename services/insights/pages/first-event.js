import { el } from './dom.js';

/** What to do where nothing has arrived: one command, and where a key comes from. */
export function firstEvent(collectorUrl) {
  const event = JSON.stringify({
    anonymousId: 'ada',
    event: 'Product Viewed',
    properties: { product_id: 'p1', category: 'Bags', price: 39.9, currency: 'USD' },
  });
  const command = `curl -u demo-write-key: ${collectorUrl}/v1/track \\\n  -H 'content-type: application/json' \\\n  -d '${event}'`;
  const code = (text) => el('code', {}, text);
  return [
    el('h2', {}, 'Nothing arrived in the last ten minutes'),
    el(
      'p',
      {},
      'Send a first event. It appears here within seconds, with what became of it and why.',
    ),
    el('pre', { tabindex: '0' }, command),
    el(
      'p',
      {},
      code('demo-write-key'),
      ' is the key of the tenant ',
      code('demo'),
      ' in ',
      code('config/tenants.yaml'),
      '; your own goes in its place, before the colon.',
    ),
    el(
      'p',
      {},
      'The command prints an error instead of ',
      code('{"success":true}'),
      '? Then the whole request was refused (an unknown key, a body that is no JSON), and its answer says why: such a request never becomes an event, so it is not listed here.',
    ),
  ];
}
