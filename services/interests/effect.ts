import { type Application, applicationsOf } from '../shared/domain/application';
import type { JudgedEvent } from '../shared/domain/outcome';
import { weightTable } from '../shared/domain/weights';
import { FatalError } from '../shared/runtime/errors';
import type { SourceRecord } from '../shared/runtime/stage';

/** What one clean record does. */
export interface Effect {
  readonly judged: JudgedEvent;
  /** One for each id of the event. */
  readonly applications: readonly Application[];
}

/** The effect of a clean record. Weights that this version does not know are those of a later cleaner,
 *  and skipping the record would lose an event: FatalError. */
export function effectOf(record: SourceRecord, judged: JudgedEvent): Effect {
  if (weightTable(judged.weightsVersion) === undefined) {
    throw unreadable(record, `this version has no weights ${judged.weightsVersion}`);
  }
  return { judged, applications: applicationsOf(judged) };
}

function unreadable({ topic, partition, offset }: SourceRecord, why: string): FatalError {
  return new FatalError(
    `clean record ${topic}/${partition}/${offset} cannot be applied: ${why}. Run the version of ` +
      'interests that belongs to the cleaner, or a later one.',
  );
}
