import type { Admin } from 'kafkajs';
import { nameOf } from '../../domain/ledger';
import { steadyClock } from '../clock';
import { FatalError } from '../errors';
import { committedOffsets, type Place } from '../group-offsets';
import { type LogBounds, logBounds } from '../kafka';
import type { OwnedPartition } from './assignment';

/** Whether effects of a partition are on record although the group has no offset for it. */
export type Known = (topic: string, partition: number) => Promise<boolean>;

/** How far effects reach in a store that may lose its last writes, apart from what Kafka has committed. */
export interface Reached {
  /** The next offset whose effects are not there; null where the store knows nothing of the partition. */
  offset(topic: string, partition: number): Promise<number | null>;
  /** Called before these offsets are committed. */
  record(places: readonly Place[]): Promise<void>;
}

export interface AdmissionOptions {
  readonly admin: Admin;
  readonly groupId: string;
  readonly known?: Known | undefined;
  readonly reached?: Pick<Reached, 'offset'> | undefined;
}

export interface Admission {
  /** Finds the offset each partition starts from: the committed one, or the one before it that the
   *  effects on record reach. FatalError where records were lost or the log is not the one the offset
   *  was committed to: kafkajs would jump without a word. */
  admit(owned: readonly OwnedPartition[]): Promise<void>;
  /** Whether offsets below `to` are missing for a good reason (transaction markers, compaction).
   *  FatalError where retention deleted them, or the log begins anew. */
  explainGap(owned: OwnedPartition, to: number): Promise<void>;
}

/** `admin` must be connected. Failures to ask are TransientErrors. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { admin, groupId, known, reached } = options;
  return {
    async admit(owned) {
      for (const topic of new Set(owned.map((one) => one.topic))) {
        const mine = owned.filter((one) => one.topic === topic);
        const bounds = await logBounds(admin, topic);
        const committed = await committedOffsets(admin, groupId, [topic]);
        for (const one of mine) {
          const found = bounds.get(one.partition);
          if (found === undefined) throw new FatalError(`${at(one)} does not exist any more`);
          const offset = committed.get(nameOf(one)) ?? -1;
          if (offset < 0) await assertUnknown(one, groupId, known);
          else assertWithin(one, offset, found, groupId);
          one.committed = offset;
          const start = offset < 0 ? found.low : offset;
          one.position = reached === undefined ? start : await startOf(one, start, found, reached);
          one.end = found.high;
          one.movedAt = steadyClock.now();
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

/** What Redis lost of the last effects is done again: those that it did not lose skip it. */
async function startOf(
  one: OwnedPartition,
  committed: number,
  { low }: LogBounds,
  reached: Pick<Reached, 'offset'>,
): Promise<number> {
  const offset = (await reached.offset(one.topic, one.partition)) ?? 0;
  if (offset >= committed || committed === low) return committed;
  if (offset >= low) return offset;
  throw new FatalError(
    `${at(one)}: effects on record reach offset ${offset}, ${committed} is committed, and the log ` +
      `starts at ${low}: what lies between cannot be repeated. Run npm run rebuild -- --anew.`,
  );
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
