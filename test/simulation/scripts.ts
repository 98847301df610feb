import { claimBytes, fingerprintBytes } from '../../services/shared/stores/redis/claim-layout';
import { profileFields } from '../../services/shared/stores/redis/keys';
import type { KeyValues, ScriptTwin, ScriptTwins } from './redis';

const entryBytes = fingerprintBytes + claimBytes;

/** What claim-events.lua does. */
export const claimEvents: ScriptTwin = (store, keys, [ttlMs, ...entries]) =>
  keys.map((key, nth) => {
    const wanted = entries[nth] as Buffer;
    const claims = store.hash<Buffer>(key);
    const recorded: Buffer[] = [];
    for (let from = 0; from < wanted.length; from += entryBytes) {
      const id = wanted.toString('latin1', from, from + fingerprintBytes);
      const claim = wanted.subarray(from + fingerprintBytes, from + entryBytes);
      const known = claims.get(id) ?? claim;
      claims.set(id, known);
      recorded.push(known);
    }
    store.expire(key, Number(ttlMs));
    return Buffer.concat(recorded);
  });

/** A record as tag-writer.ts packs it. */
export type PackedRecord = readonly [
  source: number,
  offset: number,
  type: string,
  tags: readonly (string | number)[],
  version?: number,
  target?: number,
  first?: number,
];
type PackedSeen = readonly [at?: number, channelAt?: number, by?: string, channel?: string];
type PackedUser = readonly [records: readonly PackedRecord[], seen: PackedSeen];
export type Profile = Map<string, string | number>;

/** How many times a record's weights are to be added now, moving its watermark or version; null where
 *  that was done before. */
export type ShareOf = (record: PackedRecord, source: string, profile: Profile) => number | null;

export const shareOf: ShareOf = (
  [, offset, , , version, target = 0, first = 0],
  source,
  profile,
) => {
  if (version === undefined) {
    const watermark = `${profileFields.watermark}${source}`;
    if (offset <= Number(profile.get(watermark) ?? -1)) return null;
    profile.set(watermark, offset);
    return 1;
  }
  const decision = `${profileFields.decision}${source}:${offset}`;
  const kept = String(profile.get(decision) ?? '');
  const [keptVersion, state] = kept === '' ? [] : kept.split(':').map(Number);
  if (keptVersion !== undefined && version <= keptVersion) return null;
  profile.set(decision, `${version}:${target}`);
  return target - (state ?? first);
};

/** What apply-weights.lua does, with this rule of what to add. */
export function applyWeightsBy(share: ShareOf): ScriptTwin {
  return (store, keys, [ttlMs, slackMs, sources, users]) => {
    const names = JSON.parse(String(sources)) as readonly string[];
    const flags = (JSON.parse(String(users)) as readonly PackedUser[]).map((user, nth) => {
      const [tagsKey = '', profileKey = ''] = keys.slice(2 * nth, 2 * nth + 2);
      const applied = applyUser(store, { tagsKey, profileKey, user, names, share });
      const ttlLeft = store.ttlMs(tagsKey);
      const isLongEnough = Number.isFinite(ttlLeft) && ttlLeft >= Number(ttlMs);
      if (applied.includes('1') && !isLongEnough) {
        for (const key of [tagsKey, profileKey]) store.expire(key, Number(ttlMs) + Number(slackMs));
      }
      return applied;
    });
    return Buffer.from(flags.join(''));
  };
}

export const scriptTwins: ScriptTwins = {
  'claim-events.lua': claimEvents,
  'apply-weights.lua': applyWeightsBy(shareOf),
};

interface UserCall {
  readonly tagsKey: string;
  readonly profileKey: string;
  readonly user: PackedUser;
  readonly names: readonly string[];
  readonly share: ShareOf;
}

function applyUser(
  store: KeyValues,
  { tagsKey, profileKey, user, names, share }: UserCall,
): string {
  const [records, seen] = user;
  const tags = store.hash<number>(tagsKey);
  const profile: Profile = store.hash(profileKey);
  const sums = new Map<string, number>();
  let flags = '';
  for (const record of records) {
    const [source, , type, weights] = record;
    const times = share(record, names[source - 1] ?? '', profile);
    flags += times === null ? '0' : '1';
    if (times === null) continue;
    const count = `${profileFields.count}${type}`;
    profile.set(count, Number(profile.get(count) ?? 0) + times);
    for (let at = 0; times !== 0 && at < weights.length; at += 2) {
      const [tag, weight] = [String(weights[at]), Number(weights[at + 1])];
      sums.set(tag, (sums.get(tag) ?? 0) + times * weight);
    }
  }
  if (!flags.includes('1')) return flags;
  for (const [tag, sum] of sums) tags.set(tag, (tags.get(tag) ?? 0) + sum);
  updateSeen(profile, seen);
  profile.set(profileFields.segment, segmentOf(profile));
  return flags;
}

function updateSeen(profile: Profile, [at, channelAt, by = '', channel = '']: PackedSeen): void {
  const { lastSeenAt, lastChannelAt, lastChannelBy, lastChannel } = profileFields;
  if (at !== undefined && at > Number(profile.get(lastSeenAt) ?? -1)) profile.set(lastSeenAt, at);
  if (channelAt === undefined) return;
  const known = Number(profile.get(lastChannelAt) ?? -1);
  const isLater =
    channelAt > known || (channelAt === known && by > String(profile.get(lastChannelBy) ?? ''));
  if (!isLater) return;
  profile.set(lastChannelAt, channelAt);
  profile.set(lastChannelBy, by);
  profile.set(lastChannel, channel);
}

function segmentOf(profile: Profile): string {
  const count = (type: string) => Number(profile.get(`${profileFields.count}${type}`) ?? 0);
  if (count('order_completed') > 0) return 'buyer';
  return count('product_added') > 0 ? 'cart' : 'visitor';
}
