import RudderAnalytics = require('@rudderstack/rudder-sdk-node');

import { callOf, type Sdk } from './client';

export const rudderSdkNode: Sdk = {
  name: '@rudderstack/rudder-sdk-node',
  batches: true,
  start({ url, user, retries }) {
    let failures = 0;
    const givenUp: number[] = [];
    const settled: Promise<void>[] = [];
    const rudder = new RudderAnalytics('demo-write-key', {
      dataPlaneUrl: url,
      flushAt: 5,
      flushInterval: 100,
      retryCount: retries,
      // Without it a request that is given up ends the process: its rejection is nobody's.
      errorHandler: () => {},
      axiosRetryConfig: {
        onRetry: () => {
          failures += 1;
        },
      },
      logLevel: 'none',
    });
    const send = (n: number, then: (error?: Error) => void): void => {
      const message = { ...callOf(user, n), anonymousId: user };
      if (message.kind === 'page') rudder.page(message, then);
      else if (message.kind === 'identify') rudder.identify(message, then);
      else rudder.track(message, then);
    };
    return {
      send(from, to) {
        for (let n = from; n < to; n += 1) {
          const answered = new Promise<void>((resolve) => {
            send(n, (error) => {
              if (error) givenUp.push(n);
              resolve();
            });
          });
          settled.push(answered);
        }
      },
      async drained() {
        await Promise.all(settled);
      },
      failures: () => failures,
      givenUp: () => givenUp,
    };
  },
};
