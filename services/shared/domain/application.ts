import { type Coordinates, type EventType, userIds } from './event';
import { channelOf, contributionsOf, type WeightedTag } from './interest';
import type { JudgedEvent } from './outcome';

/** Whether an event counts: 1 it does, 0 it does not. */
export type CountedState = 0 | 1;

/** What one record does to one user's tags and profile. Its identity is (tenant, id, source) for an
 *  original, which counts once; for a decision also the version, of which the highest counts. */
export interface Application {
  readonly tenant: string;
  readonly id: string;
  /** The raw record's coordinates: a clean topic may hold one record twice. */
  readonly source: Coordinates;
  readonly type: EventType;
  /** Stored weights, as of the landmark. */
  readonly tags: readonly WeightedTag[];
  /** Null for an original. `first` is the state the record had before any decision. */
  readonly decision: {
    readonly version: number;
    readonly target: CountedState;
    readonly first: CountedState;
  } | null;
  /** When, and by which channel, the user was seen; null where the record does not count. Maxima
   *  are kept by (time, coordinates), and a retraction does not take them back. */
  readonly seen: { readonly at: number; readonly channel: string | null } | null;
}

/** The effects of a clean record: one for each id its event takes effect under, none without an
 *  event. RangeError for a weights version that only later code knows. */
export function applicationsOf(judged: JudgedEvent): readonly Application[] {
  const { event, source } = judged;
  if (event === null) return [];
  const counts = judged.outcome === 'counted';
  const effect = {
    tenant: event.tenant,
    source,
    type: event.type,
    tags: contributionsOf(event, judged.weightsVersion),
    decision: stateDecided(judged),
    seen: counts ? { at: event.eventAt, channel: channelOf(event) } : null,
  };
  return userIds(event).map((id) => ({ ...effect, id }));
}

/** The state a decision sets, and the one that its record had at first; null for an original. */
export function stateDecided({
  version,
  outcome,
  firstCounted,
}: JudgedEvent): Application['decision'] {
  if (version === 0) return null;
  return { version, target: outcome === 'counted' ? 1 : 0, first: firstCounted ? 1 : 0 };
}
