import type { Stack } from './stack';

/** What to do first with a running installation. */
export function welcome(stack: Stack, writeKey: string): readonly string[] {
  const collector = stack.url('collector');
  const insights = stack.url('insights');
  const event = JSON.stringify({
    anonymousId: 'visitor-1',
    event: 'Product Viewed',
    properties: { product_id: 'p-1', category: 'Shoes', price: 59.9, currency: 'USD' },
  });
  return [
    '',
    `events go to      ${collector}/v1/{track,page,identify,batch,import}`,
    `questions go to   ${insights}/v1/ledger (and /v1/funnel, /v1/channels, ...; ${insights}/openapi.json)`,
    '',
    'send a first event:',
    `  curl -u ${writeKey}: ${collector}/v1/track -H 'content-type: application/json' -d '${event}'`,
    'and read what it says about its user:',
    `  curl ${insights}/v1/users/visitor-1/tags`,
    '',
    'Ctrl-C stops everything',
  ];
}
