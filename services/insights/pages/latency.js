/** Percentiles of the last minute, from the cumulative buckets that each instance gives. */

const minuteMs = 60_000;

/** The readings with one more; of those older than a minute one stays, to compare with. */
export function withReading(readings, reading) {
  const all = [...readings, reading];
  const first = all.findIndex(({ at }) => at >= reading.at - minuteMs);
  return all.slice(Math.max(0, first - 1));
}

/** Buckets of what was observed between the first reading and the last, all instances together. An
 *  instance whose count fell was begun anew: then all of it is recent. One that does not answer is
 *  left out. */
export function between(readings) {
  const [first, last] = [readings[0], readings.at(-1)];
  const sums = new Map();
  for (const { address, fault, events, buckets } of last.instances) {
    if (fault !== null) continue;
    const before = lastHeard(readings, first, address);
    const isNew = before === undefined || before.events > events;
    for (const [at, { le, events: upTo }] of buckets.entries()) {
      const less = isNew ? 0 : (before.buckets[at]?.events ?? 0);
      const bound = le ?? Number.POSITIVE_INFINITY;
      sums.set(bound, (sums.get(bound) ?? 0) + upTo - less);
    }
  }
  const buckets = [...sums].map(([le, events]) => ({ le, events })).sort((a, b) => a.le - b.le);
  return { events: buckets.at(-1)?.events ?? 0, buckets };
}

/** What an instance said first among these readings; one that was silent then, what it said next. */
function lastHeard(readings, first, address) {
  const heard = (reading) =>
    reading.instances.find((one) => one.address === address && one.fault === null);
  return heard(first) ?? readings.map(heard).find((one) => one !== undefined);
}

/** As Prometheus' histogram_quantile: linear within the bucket; in the last one its lower bound. */
export function quantile(share, { events, buckets }) {
  if (events === 0) return null;
  const rank = share * events;
  const at = buckets.findIndex((bucket) => bucket.events >= rank);
  const bucket = buckets[at];
  const below = buckets[at - 1] ?? { le: 0, events: 0 };
  if (bucket === undefined || bucket.le === Number.POSITIVE_INFINITY) return below.le;
  const inside = bucket.events - below.events;
  return below.le + (bucket.le - below.le) * (inside === 0 ? 0 : (rank - below.events) / inside);
}
