import type { Coordinates } from './event';
import type { JudgedEvent } from './outcome';

/** A raw record as it is handed to the cleaner once more. */
export interface ResentRecord {
  readonly source: Coordinates;
  /** Its append time, milliseconds UTC. */
  readonly appendedAt: number;
  /** Its bytes; empty where it has none. */
  readonly value: Buffer;
}

/** How a raw record travels in the review topic: neither decision nor event, and the record's bytes.
 *  The outcome is a placeholder that nobody reads; the record is judged anew, as its claim says. */
export function resentEvent({ source, appendedAt, value }: ResentRecord): JudgedEvent {
  return {
    source,
    appendedAt,
    outcome: 'dead',
    reason: 'undecodable',
    evidence: '',
    version: 0,
    firstCounted: false,
    weightsVersion: 1,
    heldBy: null,
    decision: null,
    event: null,
    undecoded: value,
  };
}

/** The raw record that a record of the review topic carries; null where it carries none. */
export function resentRecord(judged: JudgedEvent): ResentRecord | null {
  const { source, appendedAt, decision, event, undecoded } = judged;
  if (decision !== null || event !== null || undecoded === null) return null;
  return { source, appendedAt, value: undecoded };
}
