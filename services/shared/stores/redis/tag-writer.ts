import type { Application } from '../../domain/application';
import type { RedisKeys } from './keys';
import { createScript, type ScriptServer } from './script';

export interface TagWriterOptions extends ScriptServer {
  /** Tags and profile live this long after the last application, and up to an hour longer. */
  readonly ttlMs: number;
  /** Told of a key that held something else than a user's tags or profile, and was set aside. */
  readonly onSetAside?: (key: string) => void;
}

/** Adds weights to tags and profiles. Idempotent: a record's watermark, or a decision's version,
 *  moves in the same atomic step as its weights. */
export interface TagWriter {
  /** Whether each application was made now (true) or had been before (false), in order. The
   *  originals of one source partition must come in the order of their offsets. */
  apply(applications: readonly Application[]): Promise<readonly boolean[]>;
}

/** One call holds Redis up for some tens of milliseconds at most. */
const mostPerCall = 1000;
/** A user's keys live this much longer than asked, so that not every event has to prolong them. */
const slackMs = 3_600_000;

export function createTagWriter(options: TagWriterOptions): TagWriter {
  const { keys, ttlMs, onSetAside } = options;
  const types = ['zset', 'hash'] as const;
  const script = createScript(options, 'apply-weights.lua', { types, onSetAside });
  return {
    async apply(applications) {
      const applied: boolean[] = new Array(applications.length).fill(false);
      for (let from = 0; from < applications.length; from += mostPerCall) {
        const chunk = chunkOf(applications.slice(from, from + mostPerCall), keys);
        const args = [ttlMs, slackMs, JSON.stringify(chunk.sources), JSON.stringify(chunk.users)];
        const flags = String(await script(chunk.keys, args));
        chunk.positions.forEach((position, nth) => {
          applied[from + position] = flags[nth] === '1';
        });
      }
      return applied;
    },
  };
}

/** A record, and what is known of when a user was seen, as `apply-weights.lua` reads them. */
type PackedRecord = readonly (number | string | readonly (string | number)[])[];
type PackedSeen = readonly (number | string)[];

interface Chunk {
  readonly keys: readonly string[];
  readonly sources: readonly string[];
  readonly users: readonly (readonly [readonly PackedRecord[], PackedSeen])[];
  /** Where the script's nth record stands among the applications. */
  readonly positions: readonly number[];
}

interface UserPart {
  readonly keys: readonly [tags: string, profile: string];
  readonly records: PackedRecord[];
  readonly positions: number[];
  seenAt: number | null;
  /** The application with the latest channel. */
  channelFrom: Application | null;
}

function chunkOf(applications: readonly Application[], keys: RedisKeys): Chunk {
  const sources = new Map<string, number>();
  const users = new Map<string, UserPart>();
  applications.forEach((application, position) => {
    const user = partOf(application, users, keys);
    user.records.push(packedRecord(application, sources));
    user.positions.push(position);
    noteSeen(user, application);
  });
  const parts = [...users.values()];
  return {
    keys: parts.flatMap((user) => user.keys),
    sources: [...sources.keys()],
    users: parts.map((user) => [user.records, packedSeen(user)]),
    positions: parts.flatMap((user) => user.positions),
  };
}

function partOf({ tenant, id }: Application, users: Map<string, UserPart>, keys: RedisKeys) {
  const tags = keys.tags(tenant, id);
  const known = users.get(tags);
  if (known !== undefined) return known;
  const part: UserPart = {
    keys: [tags, keys.profile(tenant, id)],
    records: [],
    positions: [],
    seenAt: null,
    channelFrom: null,
  };
  users.set(tags, part);
  return part;
}

function packedRecord(application: Application, sources: Map<string, number>): PackedRecord {
  const { source, type, tags, decision } = application;
  const name = `${source.topic}:${source.partition}`;
  const number = sources.get(name) ?? sources.size + 1;
  sources.set(name, number);
  const record = [number, source.offset, type, tags.flat()];
  if (decision === null) return record;
  return [...record, decision.version, decision.target, decision.first];
}

/** Keeps the maxima. An application that was made before may be among them: the stored maximum has
 *  it already. */
function noteSeen(user: UserPart, application: Application): void {
  const { seen } = application;
  if (seen === null) return;
  user.seenAt = Math.max(user.seenAt ?? 0, seen.at);
  if (seen.channel === null) return;
  const at = user.channelFrom?.seen?.at ?? -1;
  const later =
    seen.at > at || (seen.at === at && paddedSource(application) > paddedSource(user.channelFrom));
  if (later) user.channelFrom = application;
}

function packedSeen({ seenAt, channelFrom }: UserPart): PackedSeen {
  if (seenAt === null) return [];
  const seen = channelFrom?.seen;
  if (!seen || seen.channel === null) return [seenAt];
  return [seenAt, seen.at, paddedSource(channelFrom), seen.channel];
}

/** Coordinates that are in order as texts. */
function paddedSource(application: Application | null): string {
  if (application === null) return '';
  const { topic, partition, offset } = application.source;
  return `${topic}:${String(partition).padStart(5, '0')}:${String(offset).padStart(16, '0')}`;
}
