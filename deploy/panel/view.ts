import type { ChannelRow, FunnelRow, Ledger } from '../summary/api';

/** Everything the panel shows at one moment. What has not been answered yet is null. */
export interface PanelView {
  /** Milliseconds UTC, like all times here. */
  readonly now: number;
  readonly since: number;
  readonly ledger: Ledger | null;
  readonly rate: Rate;
  readonly latency: Latency | null;
  readonly funnel: FunnelRow['steps'] | null;
  readonly channels: readonly ChannelRow[] | null;
  readonly followed: Followed;
  readonly faults: readonly Fault[];
  /** What has happened, latest last. */
  readonly notes: readonly string[];
  /** Where to go from here. */
  readonly links: readonly Link[];
}

export interface Rate {
  /** Events the collector took a second, over the last seconds; null before there are two readings. */
  readonly perSecond: number | null;
  /** The same second by second, latest last. */
  readonly recent: readonly number[];
}

/** From the collector's receipt to Redis' answer, live lane, seconds. */
export interface Latency {
  readonly events: number;
  readonly p50: number | null;
  readonly p99: number | null;
  /** Of all events since the service began. */
  readonly overallP99: number | null;
}

export interface Followed {
  readonly id: string;
  /** Null for somebody who was never seen. */
  readonly profile: Profile | null;
  readonly tags: readonly FollowedTag[];
}

export interface Profile {
  readonly segment: string;
  readonly lastChannel: string | null;
  /** Milliseconds UTC. */
  readonly lastSeenAt: number | null;
}

export interface FollowedTag {
  readonly tag: string;
  readonly weight: number;
  /** Against ten seconds ago; null for a tag that is new since then. */
  readonly change: number | null;
}

/** Something that does not answer; what it has said before is still shown. */
export interface Fault {
  readonly what: string;
  readonly since: number;
  readonly why: string;
}

export interface Link {
  readonly label: string;
  readonly url: string;
}
