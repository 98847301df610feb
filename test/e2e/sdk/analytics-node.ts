import { Analytics, type Context } from '@segment/analytics-node';
import { callOf, type Sdk } from './client';

export const analyticsNode: Sdk = {
  name: '@segment/analytics-node',
  batches: true,
  start({ url, user, retries }) {
    const analytics = new Analytics({
      writeKey: 'demo-write-key',
      host: url,
      flushAt: 5,
      flushInterval: 100,
      maxRetries: retries,
    });
    let failures = 0;
    const givenUp: number[] = [];
    analytics.on('http_request', ({ headers }) => {
      if ('X-Retry-Count' in headers) failures += 1;
    });
    analytics.on('error', ({ ctx }) => {
      if (ctx) givenUp.push(numberOf(ctx));
    });
    return {
      send(from, to) {
        for (let n = from; n < to; n += 1) {
          const call = callOf(user, n);
          const message = { ...call, anonymousId: user };
          if (message.kind === 'page') analytics.page(message);
          else if (message.kind === 'identify') analytics.identify(message);
          else analytics.track(message);
        }
      },
      drained: () => analytics.closeAndFlush({ timeout: 60_000 }),
      failures: () => failures,
      givenUp: () => givenUp,
    };
  },
};

function numberOf({ event }: Context): number {
  return Number(event.properties?.n ?? event.traits?.n);
}
