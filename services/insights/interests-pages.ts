import { type Histogram, histogramsBy } from '../shared/domain/histogram';
import { messageOf } from '../shared/runtime/errors';
import type { InstanceLatency, LatencyReader } from './latency';

/** An instance that hangs must not hold up the others for longer. */
const timeoutMs = 2000;
/** Everybody who looks within this time is given the same reading. */
const keptMs = 1000;
/** A page of metrics is some tens of KB: more is something else. */
const mostCharacters = 4 * 2 ** 20;

const nothing: Histogram = { count: 0, buckets: [] };

/** Reads the time from event to tag, live lane, off the metrics pages of the interests services at
 *  these addresses (scheme, host, port). Never rejects: an instance that does not answer says why. */
export function createInterestsPages(addresses: readonly string[]): LatencyReader {
  let reading: Promise<readonly InstanceLatency[]> | null = null;
  return {
    eventToTag() {
      if (reading !== null) return reading;
      reading = Promise.all(addresses.map(readInstance));
      const forget = setTimeout(() => {
        reading = null;
      }, keptMs);
      forget.unref();
      return reading;
    },
  };
}

async function readInstance(address: string): Promise<InstanceLatency> {
  try {
    const answer = await fetch(new URL('/metrics', address), {
      signal: AbortSignal.timeout(timeoutMs),
    });
    const page = await answer.text();
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    if (page.length > mostCharacters) throw new Error('the page is too long to be one of metrics');
    const lanes = histogramsBy('lane', 'tributary_event_to_tag_seconds', page);
    return { address, histogram: lanes.get('live') ?? nothing, fault: null };
  } catch (error) {
    return { address, histogram: nothing, fault: faultOf(error) };
  }
}

function faultOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  const why = code ?? message;
  return why === undefined ? messageOf(error) : `cannot be reached (${why})`;
}
