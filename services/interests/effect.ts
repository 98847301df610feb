import { type Application, applicationsOf } from '../shared/domain/application';
import type { JudgedEvent } from '../shared/domain/outcome';
import { weightTable } from '../shared/domain/weights';
import type { Decoded } from '../shared/runtime/codec';
import { FatalError } from '../shared/runtime/errors';
import type { SourceRecord } from '../shared/runtime/stage';

/** What one clean record does. */
export interface Effect {
  readonly judged: JudgedEvent;
  /** One for each id of the event. */
  readonly applications: readonly Application[];
}

/** The effect of a clean record. The clean topic is written by the cleaner alone, so a record that
 *  cannot be read there is a fault of ours, and skipping it would lose an event: FatalError. */
export function effectOf(record: SourceRecord, decoded: Decoded<JudgedEvent>): Effect {
  if (!decoded.ok) throw unreadable(record, decoded.message);
  const judged = decoded.value;
  if (judged.event === null) throw unreadable(record, 'it has no event');
  if (weightTable(judged.weightsVersion) === undefined) {
    throw unreadable(record, `this version has no weights ${judged.weightsVersion}`);
  }
  return { judged, applications: applicationsOf(judged) };
}

function unreadable({ topic, partition, offset }: SourceRecord, why: string): FatalError {
  return new FatalError(
    `clean record ${topic}/${partition}/${offset} cannot be applied: ${why}. Run the version of ` +
      'interests that belongs to the cleaner, or a later one; if something else wrote to this ' +
      'topic, set the offset of the group behind it.',
  );
}
