import type { Claims } from '../../services/cleaner/stage';
import type { EventRow } from '../../services/shared/domain/event-row';
import type { FactRanges } from '../../services/shared/domain/fact-ranges';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import type { Window, WindowTable } from '../../services/shared/domain/window';
import type { Codec } from '../../services/shared/runtime/codec';
import { type OutgoingMessage, partitionOf } from '../../services/shared/runtime/publisher';
import type { Stage } from '../../services/shared/runtime/stage';
import { profileFields } from '../../services/shared/stores/redis/keys';
import { addedUp } from './additive-windows';
import type { Host } from './host';
import type { KeyValues, ScriptTwins } from './redis';
import { applyWeightsBy, claimEvents, type ShareOf, shareOf } from './scripts';
import type { Lines, Table } from './table';
import { isAmong, windowsOf } from './touched';
import { type Recomputing, recomputing } from './window-statements';

type Send = (partition: number, messages: readonly OutgoingMessage[]) => Promise<void>;

/** A fault put in the place of a part that is right, for the simulation to find. */
export interface Bug {
  readonly commitsFirst?: boolean;
  readonly scripts?: ScriptTwins;
  claims?(host: Host, store: KeyValues): Claims;
  interests?(stage: Stage, codec: Codec<JudgedEvent>): Stage;
  publish?(send: Send, partitions: number, messages: readonly OutgoingMessage[]): Promise<void>;
  insert?(table: Table, rows: readonly EventRow[]): void;
  touched?(table: Table, name: WindowTable, facts: FactRanges): readonly Window[];
  recomputing?(table: Table): Recomputing;
}

const dayMs = 86_400_000;

/** Known ways to get it wrong, each of which another system has had or this one was close to. */
export const bugs = {
  /** A crash between the two loses the batch. */
  'commit-before-publish': { commitsFirst: true },
  /** Two that check at once both count; who dies between setting and publishing loses the event. */
  'check-then-set': { claims: checkThenSet },
  /** The clean topic holds a record twice after a crash. */
  'watermark-on-clean-offsets': { interests: withCleanCoordinates },
  /** A replayed insert is added again. */
  'additive-window': {
    insert: addedUp,
    recomputing: () => ({ read: () => new Map(), write() {} }),
  },
  /** Who read first and asked last wins over who read last. */
  'version-after-reading': {
    recomputing: (table: Table) => ({
      ...recomputing(table),
      write: (name: WindowTable, windows: ReadonlyMap<string, Lines>) =>
        table.replace(name, windows, table.clock()),
    }),
  },
  /** A session that changes its channel stays under the old one too. */
  'row-per-channel': { recomputing: leavingChannels },
  /** An arrival moves the session's start and channel in other minutes. */
  'own-minutes-only': {
    touched: (table: Table, name: WindowTable, facts: FactRanges) =>
      windowsOf(
        name,
        table.rows().filter((row) => isAmong(row, facts)),
      ),
  },
  /** Deciding the same twice takes the weights back twice. */
  'decision-as-delta': { scripts: { 'apply-weights.lua': applyWeightsBy(deltaOf) } },
  /** A decision is about a record that is long below the watermark. */
  'decision-below-watermark': { scripts: { 'apply-weights.lua': applyWeightsBy(watermarked) } },
  /** A source partition's records overtake each other, and the watermark skips those behind. */
  'partition-by-hash': { publish: byHash },
  /** An event that is late enough is forgotten as soon as it is claimed. */
  'claims-by-event-time': { scripts: { 'claim-events.lua': expiringByDay } },
} as const satisfies Record<string, Bug>;

export type BugName = keyof typeof bugs;
export const bugNames = Object.keys(bugs) as readonly BugName[];

function checkThenSet(host: Host, store: KeyValues): Claims {
  const seen = () => store.hash<true>('seen');
  const nowhere = { topic: '', partition: 0, offset: -1 };
  return {
    async claim(wanted) {
      if (wanted.length === 0) return [];
      const ids = wanted.map(({ tenant, messageId }) => `${tenant}\n${messageId}`);
      const known = await host.call('check ids', () => ids.map((id) => seen().has(id)));
      await host.call('set ids', () => {
        for (const id of ids) seen().set(id, true);
      });
      const first = (nth: number) => ids.indexOf(ids[nth] as string) === nth;
      return wanted.map((claim, nth) =>
        known[nth] || !first(nth) ? { ...claim, source: nowhere } : claim,
      );
    },
  };
}

function withCleanCoordinates(stage: Stage, codec: Codec<JudgedEvent>): Stage {
  return (batch) =>
    stage({
      ...batch,
      records: batch.records.map((record) => {
        const decoded = codec.decode(record.value);
        if (!decoded.ok || decoded.value.version > 0) return record;
        const { partition, offset } = record;
        const source = { topic: decoded.value.source.topic, partition, offset };
        return { ...record, value: codec.encode({ ...decoded.value, source }) };
      }),
    });
}

function leavingChannels(table: Table): Recomputing {
  const { read, write } = recomputing(table);
  return {
    read,
    write(name, windows, version) {
      const stored = table.stored();
      const merged = [...windows].map(([key, lines]) => {
        const before = stored.get(`${name} ${key}`) ?? new Map<string, string>();
        return [key, new Map([...before, ...lines])] as const;
      });
      write(name, new Map(merged), version);
    },
  };
}

function deltaOf(...[record, source, profile]: Parameters<ShareOf>): ReturnType<ShareOf> {
  const share = shareOf(record, source, profile);
  const [, , , , version, target = 0] = record;
  return version === undefined || share === null ? share : 2 * target - 1;
}

function watermarked(...[record, source, profile]: Parameters<ShareOf>): ReturnType<ShareOf> {
  const watermark = Number(profile.get(`${profileFields.watermark}${source}`) ?? -1);
  return record[1] <= watermark ? null : shareOf(record, source, profile);
}

async function byHash(
  send: Send,
  partitions: number,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const byPartition = new Map<number, OutgoingMessage[]>();
  for (const message of messages) {
    const partition = message.key === null ? 0 : partitionOf(message.key, partitions);
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), message]);
  }
  await Promise.all([...byPartition].map(([partition, some]) => send(partition, some)));
}

function expiringByDay(...[store, keys, args]: Parameters<typeof claimEvents>): unknown {
  const reply = claimEvents(store, keys, args);
  for (const key of keys) {
    const day = /:(\d{4}-\d\d-\d\d):/.exec(key)?.[1];
    if (day !== undefined) store.expireAt(key, Date.parse(day) + dayMs + Number(args[0]));
  }
  return reply;
}
