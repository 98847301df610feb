import type { JudgedEvent } from '../domain/outcome';
import type { Decoded } from './codec';
import { FatalError } from './errors';
import type { Log } from './log';
import type { Metrics } from './metrics';
import type { SourceRecord } from './stage';

/** What a record of a topic that only the cleaner writes to says; null for one that it cannot have
 *  written. */
export type ReadCleaned = (
  record: SourceRecord,
  decoded: Decoded<JudgedEvent>,
) => JudgedEvent | null;

export interface ReadCleanedDeps {
  /** Every topic whose records the cleaner judges. */
  readonly sources: ReadonlySet<string>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly log: Pick<Log, 'error'>;
}

/** What somebody else wrote to such a topic (bytes that are no judged event, coordinates that no
 *  record can have) is told of and left out: it is no event of anybody's, and behind it others wait. A
 *  record in a later version of our own schema is one that would be lost: FatalError. */
export function createReadCleaned({ sources, metrics, log }: ReadCleanedDeps): ReadCleaned {
  return (record, decoded) => {
    if (!decoded.ok && decoded.isOurs) throw tooNew(record, decoded.message);
    const fault = decoded.ok ? forgery(record, decoded.value, sources) : decoded.message;
    if (decoded.ok && fault === null) return decoded.value;
    const { topic, partition, offset } = record;
    const why = decoded.ok ? 'coordinates' : decoded.reason;
    metrics.count('tributary_foreign_records_total', { why });
    log.error({ topic, partition, offset, fault }, 'left out: the cleaner did not write this');
    return null;
  };
}

/** A record stands in the partition number of its source; a decision in that of the review topic. */
function forgery(
  record: SourceRecord,
  { source, version }: JudgedEvent,
  sources: ReadonlySet<string>,
): string | null {
  const { topic, partition, offset } = source;
  if (!sources.has(topic)) return `its source '${topic.slice(0, 100)}' is no source`;
  if (offset < 0 || partition < 0) return `its source has the offset ${offset} of ${partition}`;
  if (version === 0 && partition !== record.partition) {
    return `it stands in partition ${record.partition}, and its source in ${partition}`;
  }
  return null;
}

function tooNew({ topic, partition, offset }: SourceRecord, why: string): FatalError {
  return new FatalError(
    `record ${topic}/${partition}/${offset} cannot be read: ${why}. Run the version of this service ` +
      'that belongs to the cleaner, or a later one. Nothing is lost.',
  );
}
