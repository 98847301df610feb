import type { Histogram } from '../../services/shared/domain/histogram';
import type { ChannelRow, FunnelRow, Ledger } from '../summary/api';
import { latencyOf, rateOf, type Sample, tagTrends, type Weights, withSample } from './trends';
import type { Fault, Link, PanelView, Profile } from './view';

const keptMs = 60_000;
const mostNotes = 20;

/** The last answer of every source, and what does not answer. Bounded: a minute of readings. */
export class Board {
  private ledger: Ledger | null = null;
  private funnel: FunnelRow['steps'] | null = null;
  private channels: readonly ChannelRow[] | null = null;
  private profile: Profile | null = null;
  private received: readonly Sample<number>[] = [];
  private eventToTag: readonly Sample<Histogram>[] = [];
  private tags: readonly Sample<Weights>[] = [];
  private readonly faults = new Map<string, Fault>();
  private notes: readonly string[] = [];

  constructor(
    private readonly followed: string,
    private readonly links: readonly Link[],
    private readonly since: number,
  ) {}

  takeLedger(ledger: Ledger): void {
    this.ledger = ledger;
  }

  takeFunnel(steps: FunnelRow['steps']): void {
    this.funnel = steps;
  }

  takeChannels(rows: readonly ChannelRow[]): void {
    this.channels = rows;
  }

  takeProfile(profile: Profile | null): void {
    this.profile = profile;
  }

  takeTags(weights: Weights, at: number): void {
    this.tags = withSample(this.tags, { at, reading: weights }, keptMs);
  }

  /** Events the collector has taken since it began. */
  takeReceived(events: number, at: number): void {
    this.received = withSample(this.received, { at, reading: events }, keptMs);
  }

  takeEventToTag(histogram: Histogram, at: number): void {
    this.eventToTag = withSample(this.eventToTag, { at, reading: histogram }, keptMs);
  }

  /** `why` null: it answers. */
  heardFrom(what: string, why: string | null, at: number): void {
    if (why === null) this.faults.delete(what);
    else this.faults.set(what, { what, why, since: this.faults.get(what)?.since ?? at });
  }

  note(line: string): void {
    this.notes = [...this.notes, line].slice(-mostNotes);
  }

  view(now: number): PanelView {
    const { ledger, funnel, channels, notes, links, since } = this;
    return {
      now,
      since,
      ledger,
      rate: rateOf(this.received),
      latency: latencyOf(this.eventToTag),
      funnel,
      channels,
      followed: { id: this.followed, profile: this.profile, tags: tagTrends(this.tags) },
      faults: this.worstFaults(),
      notes,
      links,
    };
  }

  /** One fault a service: that it cannot be reached says all about its answers. */
  private worstFaults(): readonly Fault[] {
    return [...this.faults.values()].filter(({ what }) => {
      const [service = ''] = what.split(' ');
      return what === service || !this.faults.has(service);
    });
  }
}
