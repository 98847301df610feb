import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { committedPlaces } from '../../services/shared/runtime/group-offsets';
import {
  type GroupName,
  groupNames,
  groupOf,
  topicsOf,
} from '../../services/shared/runtime/topics';
import { assertConfigured, assertCoPartitioned } from '../setup/topics';
import { type Lags, readLags, topicsReadBy } from '../start/lag';
import { type Examination, unreachable } from './finding';

export interface KafkaPatient {
  readonly admin: Admin;
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly groupPrefix: string;
}

/** Groups that commit every 200 ms move within this time, while they read. Metrics commits with its
 *  windows, which may take a minute: whether it stands still is for its own /livez to say. */
const movesWithinMs = 5000;
const isQuick = (group: GroupName) => group !== 'metrics';

/** Brokers, topics, and how far each group has read. */
export function kafkaExaminations(patient: KafkaPatient): readonly Examination[] {
  return [
    { about: 'Kafka', look: () => cluster(patient) },
    { about: 'topics', look: () => topics(patient) },
    { about: 'consumers', look: () => members(patient) },
    { about: 'lag', look: () => lag(patient) },
  ];
}

async function cluster({ admin, brokers }: KafkaPatient): Promise<string> {
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return `${plural(cluster.brokers.length, 'broker')}, controller ${cluster.controller}`;
  } catch (error) {
    throw unreachable(brokers.join(', '), error, 'KAFKA_BROKERS');
  }
}

async function topics({ admin, topicPrefix }: KafkaPatient): Promise<string> {
  const names = Object.values(topicsOf(topicPrefix));
  const there = new Set(await admin.listTopics());
  const missing = names.filter((name) => !there.has(name));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} missing: run the set-up`);
  const metadata = await admin.fetchTopicMetadata({ topics: names });
  const partitions = metadata.topics.flatMap(({ name, partitions }) =>
    partitions.map((one) => ({ ...one, name: `${name}/${one.partitionId}` })),
  );
  const leaderless = partitions.filter(({ leader }) => leader < 0).map(({ name }) => name);
  if (leaderless.length > 0) {
    throw new Error(`no broker leads ${leaderless.join(', ')}: start the brokers that hold them`);
  }
  const behind = partitions.filter(({ isr, replicas }) => isr.length < replicas.length);
  if (behind.length > 0) {
    throw new Error(`replicas of ${behind.map(({ name }) => name).join(', ')} are behind or down`);
  }
  await assertCoPartitioned({ admin, topics: topicsOf(topicPrefix) });
  const long = await assertConfigured({ admin, topics: topicsOf(topicPrefix) });
  if (long.length > 0) {
    throw new Error(
      `${long.join(', ')} keep records for longer than message ids are remembered: lower retention.ms to 6 days, or reading them again would count them twice`,
    );
  }
  return `${names.length} topics with ${partitions.length} partitions, all led and in sync`;
}

async function members({ admin, groupPrefix }: KafkaPatient): Promise<string> {
  const ids = groupNames.map((name) => groupOf(name, groupPrefix));
  const { groups } = await admin.describeGroups(ids);
  const read = new Set(
    groups.filter((group) => group.members.length > 0).map((one) => one.groupId),
  );
  const empty = ids.filter((id) => !read.has(id));
  if (empty.length > 0) throw new Error(`nobody reads as ${empty.join(', ')}: start the service`);
  const unsettled = groups.filter((group) => group.state !== 'Stable');
  if (unsettled.length > 0) {
    const states = unsettled.map(({ groupId, state }) => `${groupId} (${state})`);
    throw new Error(`${states.join(', ')} share out partitions just now: look again in a minute`);
  }
  return groups.map((group) => `${group.groupId} ${group.members.length}`).join(', ');
}

async function lag(patient: KafkaPatient): Promise<string> {
  const before = await readLags(patient);
  if (behind(before).length === 0) return 'everything that was sent is processed';
  const places = await committed(patient);
  await sleep(movesWithinMs);
  const [after, moved] = [await readLags(patient), await committed(patient)];
  const left = behind(after);
  const stuck = left.filter((group) => isQuick(group) && places[group] === moved[group]);
  if (left.length === 0) return 'everything that was sent is processed';
  if (stuck.length === 0) return `${described(after, left)}, and moving`;
  const seconds = movesWithinMs / 1000;
  throw new Error(
    `${described(after, stuck)} and moved nothing in ${seconds} s: its log and /readyz say what it waits for`,
  );
}

function behind(lags: Lags): readonly GroupName[] {
  return groupNames.filter((group) => lags[group] > 0);
}

function described(lags: Lags, groups: readonly GroupName[]): string {
  return groups.map((group) => `${group} is ${plural(lags[group], 'record')} behind`).join(', ');
}

/** Where each group is, in one number a group: it differs once anything has moved. */
async function committed({ admin, topicPrefix, groupPrefix }: KafkaPatient) {
  const read = topicsReadBy(topicPrefix);
  const sums: Partial<Record<GroupName, number>> = {};
  for (const group of groupNames) {
    const places = await committedPlaces(admin, groupOf(group, groupPrefix), read[group]);
    sums[group] = places.reduce((sum, { offset }) => sum + offset, 0);
  }
  return sums;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
