import { type Lane, laneNames, laneOf, type Topics } from '../shared/runtime/topics';
import type { Effect } from './effect';

/** From the collector's receipt of an event until its tags stood, by lane. */
export interface Delays {
  readonly lane: Lane;
  readonly seconds: readonly number[];
  /** Events left out: less than no time or more than an hour, so a clock jumped. */
  readonly implausible: number;
}

const longestSeconds = 3600;

/** Delays of the events that have been applied at `now` (milliseconds UTC), and not before. Decisions
 *  are left out: they waited for a person. `applied` answers the effects' applications in order. */
export function delaysOf(
  effects: readonly Effect[],
  applied: readonly boolean[],
  { now, topics }: { readonly now: number; readonly topics: Topics },
): readonly Delays[] {
  const seconds: Record<Lane, number[]> = { live: [], import: [] };
  let next = 0;
  for (const { judged, applications } of effects) {
    const answers = applied.slice(next, next + applications.length);
    next += applications.length;
    const receivedAt = judged.event?.receivedAt;
    if (judged.version > 0 || receivedAt === undefined || !answers.includes(true)) continue;
    seconds[laneOf(judged.source.topic, topics)].push((now - receivedAt) / 1000);
  }
  return laneNames.map((lane) => {
    const plausible = seconds[lane].filter((each) => each >= 0 && each <= longestSeconds);
    return { lane, seconds: plausible, implausible: seconds[lane].length - plausible.length };
  });
}
