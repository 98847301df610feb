import type { Clock } from '../shared/runtime/clock';
import type { Log } from '../shared/runtime/log';

/** An outage is said at most this often, however many requests it meets. */
const everyMs = 10_000;

/** Tells the log of requests that were not acknowledged. Returned: to be told of each. */
export function createOutageLog(log: Log, clock: Clock): (failure: Error) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  let requests = 0;
  return (failure) => {
    requests += 1;
    if (clock.now() - saidAt < everyMs) return;
    log.warn({ requests, why: failure.message }, 'not acknowledged: answering 503');
    saidAt = clock.now();
    requests = 0;
  };
}
