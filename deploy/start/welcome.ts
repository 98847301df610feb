import type { Link } from '../panel/view';
import type { Stack } from './stack';

/** Where to go from here. */
export function links({ urls }: Stack): readonly Link[] {
  return [
    { label: 'watch it at', url: `${urls.insights}/` },
    { label: 'debug events at', url: `${urls.insights}/debugger` },
    { label: 'events go to', url: `${urls.collector}/v1/{track,page,identify,batch,import}` },
    { label: 'questions go to', url: `${urls.insights}/v1/ledger, /v1/funnel, /v1/channels, ...` },
  ];
}

/** What to do first with a running installation. */
export function welcome(stack: Stack, writeKey: string): readonly string[] {
  const { collector, insights } = stack.urls;
  const event = JSON.stringify({
    anonymousId: 'visitor-1',
    event: 'Product Viewed',
    properties: { product_id: 'p-1', category: 'Shoes', price: 59.9, currency: 'USD' },
  });
  return [
    '',
    ...links(stack).map(({ label, url }) => `${label.padEnd(17)} ${url}`),
    '',
    'send a first event:',
    `  curl -u ${writeKey}: ${collector}/v1/track -H 'content-type: application/json' -d '${event}'`,
    'and read what it says about its user:',
    `  curl ${insights}/v1/users/visitor-1/tags`,
    '',
    'Ctrl-C stops everything',
    '',
  ];
}
