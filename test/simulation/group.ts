import type { TopicPartitions } from '../../services/shared/runtime/consumer/assignment';
import { sessionMs } from './chaos';
import type { Say } from './host';
import type { KafkaLog } from './kafka-log';
import type { Random } from './random';
import type { Timeline } from './timeline';

/** A member of a consumer group, as the coordinator knows it. */
export interface GroupMember {
  readonly name: string;
  /** The coordinator has shared out the partitions anew. */
  assigned(share: Share): void;
}

export interface Share {
  readonly generation: number;
  readonly partitions: TopicPartitions;
}

/** A consumer group: who reads what, and how far it has got. */
export interface Group {
  join(member: GroupMember): void;
  leave(member: GroupMember): void;
  /** Nothing is heard of the member for this long. It is none when its session ends before, and joins
   *  again when it can. */
  silentFor(member: GroupMember, ms: number): void;
  /** Refused where the coordinator knows no such member, or has shared out anew since. */
  commit(member: GroupMember, generation: number, offsets: readonly CommittedOffset[]): void;
  /** Null where nothing was committed. A commit that comes late takes it back. */
  committed(topic: string, partition: number): number | null;
  /** The furthest that was ever committed. */
  reached(topic: string, partition: number): number;
}

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface GroupOptions {
  readonly name: string;
  readonly topics: readonly string[];
  readonly log: KafkaLog;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly say: Say;
}

export function createGroup(options: GroupOptions): Group {
  const { name, timeline, say } = options;
  const members = new Set<GroupMember>();
  const offsets = new Map<string, number>();
  const furthest = new Map<string, number>();
  const silentUntil = new Map<GroupMember, number>();
  let generation = 0;

  function shareOut(why: string): void {
    generation += 1;
    const shares = sharesOf([...members], options);
    say(name, () => `${why}: generation ${generation} of ${members.size}`);
    for (const [member, partitions] of shares) member.assigned({ generation, partitions });
  }

  function remove(member: GroupMember, why: string): void {
    if (members.delete(member)) shareOut(`${member.name} ${why}`);
  }
  const isSilent = (member: GroupMember) => (silentUntil.get(member) ?? 0) > timeline.now();
  function join(member: GroupMember): void {
    members.add(member);
    shareOut(`${member.name} joins`);
  }
  return {
    join,
    leave(member) {
      silentUntil.set(member, Number.POSITIVE_INFINITY);
      remove(member, 'leaves');
    },
    silentFor(member, ms) {
      const until = Math.max(silentUntil.get(member) ?? 0, timeline.now() + ms);
      silentUntil.set(member, until);
      timeline.after(sessionMs, () => {
        if (isSilent(member)) remove(member, 'is not heard of');
      });
      if (!Number.isFinite(ms)) return;
      timeline.after(ms, () => {
        if (!isSilent(member) && !members.has(member)) join(member);
      });
    },
    commit(member, of, wanted) {
      if (!members.has(member)) throw refusal('UNKNOWN_MEMBER_ID');
      if (of !== generation) throw refusal('ILLEGAL_GENERATION');
      for (const { topic, partition, offset } of wanted) {
        const name = `${topic}/${partition}`;
        offsets.set(name, offset);
        furthest.set(name, Math.max(furthest.get(name) ?? 0, offset));
      }
    },
    reached: (topic, partition) => furthest.get(`${topic}/${partition}`) ?? 0,
    committed: (topic, partition) => offsets.get(`${topic}/${partition}`) ?? null,
  };
}

/** As the broker says it. */
function refusal(type: string): Error {
  return Object.assign(new Error(type), { type });
}

function sharesOf(
  members: readonly GroupMember[],
  { topics, log, random }: GroupOptions,
): ReadonlyMap<GroupMember, TopicPartitions> {
  const shares = new Map(members.map((member) => [member, new Map<string, number[]>()]));
  if (members.length === 0) return new Map();
  let next = random.below(members.length);
  for (const topic of topics) {
    for (const partition of random.shuffled(log.partitionsOf(topic))) {
      const share = shares.get(members[next % members.length] as GroupMember);
      const known = share?.get(topic);
      if (known === undefined) share?.set(topic, [partition]);
      else known.push(partition);
      next += 1;
    }
  }
  return new Map([...shares].map(([member, share]) => [member, Object.fromEntries(share)]));
}
