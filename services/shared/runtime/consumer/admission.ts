import type { Admin } from 'kafkajs';
import { FatalError } from '../errors';
import { kafkaFailure, type LogBounds, logBounds } from '../kafka';
import type { OwnedPartition } from './assignment';

/** Whether effects of a partition are on record although the group has no offset for it. */
export type Known = (topic: string, partition: number) => Promise<boolean>;

export interface Admission {
  /** Finds the offset each partition starts from. FatalError where records were lost or the log is
   *  not the one the offset was committed to: kafkajs would jump without a word. */
  admit(owned: readonly OwnedPartition[]): Promise<void>;
  /** Whether offsets below `to` are missing for a good reason (transaction markers, compaction).
   *  FatalError where retention deleted them, or the log begins anew. */
  explainGap(owned: OwnedPartition, to: number): Promise<void>;
}

/** `admin` must be connected. Failures to ask are TransientErrors. */
export function createAdmission(admin: Admin, groupId: string, known?: Known): Admission {
  return {
    async admit(owned) {
      for (const topic of new Set(owned.map((one) => one.topic))) {
        const mine = owned.filter((one) => one.topic === topic);
        const bounds = await logBounds(admin, topic);
        const committed = await committedOffsets(admin, groupId, topic);
        for (const one of mine) {
          const found = bounds.get(one.partition);
          if (found === undefined) throw new FatalError(`${at(one)} does not exist any more`);
          const offset = committed.get(one.partition) ?? -1;
          if (offset < 0) await assertUnknown(one, groupId, known);
          else assertWithin(one, offset, found, groupId);
          one.committed = offset;
          one.position = offset < 0 ? found.low : offset;
          one.end = found.high;
          one.movedAt = Date.now();
        }
      }
    },
    async explainGap(owned, to) {
      const expected = owned.position ?? 0;
      const { low } = (await logBounds(admin, owned.topic)).get(owned.partition) ?? { low: to };
      if (to > expected && low <= expected) return;
      throw new FatalError(
        `${at(owned)}: the next record should be ${expected} and is ${to}, with the log starting ` +
          `at ${low}. ${to > expected ? whatIfExpired : whatIfAnother(groupId)}`,
      );
    },
  };
}

async function committedOffsets(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  try {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return new Map(answer?.partitions.map((one) => [one.partition, Number(one.offset)]));
  } catch (error) {
    throw kafkaFailure(error, `asking for the committed offsets of ${groupId}`);
  }
}

function assertWithin(
  one: OwnedPartition,
  offset: number,
  { low, high }: LogBounds,
  group: string,
) {
  const found = `${at(one)}: group ${group} committed offset ${offset}`;
  if (offset < low)
    throw new FatalError(`${found}, but the log starts at ${low}. ${whatIfExpired}`);
  if (offset > high) {
    throw new FatalError(`${found}, but the log ends at ${high}. ${whatIfAnother(group)}`);
  }
}

async function assertUnknown(one: OwnedPartition, group: string, known?: Known): Promise<void> {
  if (!(await known?.(one.topic, one.partition))) return;
  throw new FatalError(
    `${at(one)}: group ${group} has no committed offset, but effects of this partition are on ` +
      `record. ${whatIfAnother(group)}`,
  );
}

const whatIfExpired =
  'Retention deleted records before they were read: they are lost and the ledger will say so. ' +
  'To go on without them, stop the group and reset its offset to the earliest with ' +
  'kafka-consumer-groups --reset-offsets --to-earliest; then lengthen the retention of the topic.';

const whatIfAnother = (group: string) =>
  'The topic was made anew or its log was cut: coordinates of old and new records would be mixed ' +
  `up. Restore the topic, or start anew with empty stores and a new topic; if the log is known to ` +
  `be right, set the offset of ${group} with kafka-consumer-groups --reset-offsets.`;

function at(one: OwnedPartition): string {
  return `${one.topic}/${one.partition}`;
}
