import { networkOf } from '../shared/domain/address';
import type { Clock } from '../shared/runtime/clock';
import { createTokenBuckets } from './token-buckets';

/** Which limit a request met. */
export interface Limited {
  readonly limit: 'key' | 'refused' | 'address' | 'refusals';
  /** Until it is worth while to send again. */
  readonly waitMs: number;
}

/** How much one write key and one address may send to this process. A key is counted in events, and
 *  is what bounds a client; closely where they are refused and kept as dead letters. An address may be shared by a whole office or a mobile network, and all
 *  of a backend's events come from one: it is bounded far above that, and closely only in requests
 *  that carry no valid key. */
export interface RateLimits {
  /** Asked before anything of a request is read. `hasKey`: its header holds a valid key. */
  request(address: string, hasKey: () => boolean): Limited | null;
  /** A request of this address turned out to have no valid key. */
  refused(address: string): void;
  /** Asked before a request is taken: the ids of its write keys, and how many events each sends. */
  events(senders: ReadonlyMap<string, number>): Limited | null;
  /** So many events with this write key were refused. */
  unfit(keyId: string, events: number): void;
}

export interface RateLimitsOptions {
  readonly keyEventsPerSecond: number;
  readonly keyRefusedPerSecond: number;
  readonly addressRequestsPerSecond: number;
  readonly addressRefusalsPerSecond: number;
  readonly clock: Clock;
}

/** A client that was offline, or a page that starts, sends much at once. */
const burstSeconds = 10;
const mostKeys = 100_000;
/** About 10 MB where an attacker has that many. */
const mostAddresses = 100_000;

export function createRateLimits(options: RateLimitsOptions): RateLimits {
  const buckets = (perSecond: number, most: number) =>
    createTokenBuckets({
      perSecond,
      burst: perSecond * burstSeconds,
      most,
      now: () => options.clock.now(),
    });
  const keys = buckets(options.keyEventsPerSecond, mostKeys);
  const unfit = buckets(options.keyRefusedPerSecond, mostKeys);
  const requests = buckets(options.addressRequestsPerSecond, mostAddresses);
  const refusals = buckets(options.addressRefusalsPerSecond, mostAddresses);
  return {
    request(address, hasKey) {
      const network = networkOf(address);
      const requestsMs = requests.take(network, 1);
      if (requestsMs > 0) return { limit: 'address', waitMs: requestsMs };
      const refusalsMs = refusals.waitMs(network);
      return refusalsMs > 0 && !hasKey() ? { limit: 'refusals', waitMs: refusalsMs } : null;
    },
    refused(address) {
      refusals.take(networkOf(address), 1);
    },
    events(senders) {
      for (const keyId of senders.keys()) {
        const waitMs = keys.waitMs(keyId);
        if (waitMs > 0) return { limit: 'key', waitMs };
        const unfitMs = unfit.waitMs(keyId);
        if (unfitMs > 0) return { limit: 'refused', waitMs: unfitMs };
      }
      for (const [keyId, events] of senders) keys.take(keyId, events);
      return null;
    },
    unfit: (keyId, events) => unfit.charge(keyId, events),
  };
}
