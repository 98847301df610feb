import type { Act } from './act';
import { type Arrival, arrivalOf } from './arrivals';
import { type Draw, drawOf } from './draw';
import type { TrafficPlan } from './plan';
import { TimeQueue } from './time-queue';
import { visitOf } from './visit';
import { crawlerOf, followedPerson, personOf, type Visitor } from './visitors';
import { messageOf, type SegmentMessage } from './wording';

/** What a message truly is, whatever it says. */
export const truths = ['human', 'bot', 'late', 'skewed', 'duplicate'] as const;
export type Truth = (typeof truths)[number];

export interface TrueMessage {
  readonly message: SegmentMessage;
  readonly is: Truth;
  /** When it happened, milliseconds UTC. */
  readonly trueAt: number;
}

/** Messages that a visitor's device has ready at one moment. */
export interface Happening {
  /** Milliseconds UTC; never before the one that came first. */
  readonly at: number;
  readonly visitor: Visitor;
  readonly messages: readonly TrueMessage[];
}

/** All that happens in the shop, in order of time, for ever. Pure: it is as the plan says. */
export function happeningsOf(plan: TrafficPlan): Generator<Happening, never> {
  return new Crowd(plan).happenings();
}

/** Shares of the visits. */
const crawlerShare = 0.05;
const offlineShare = 0.012;
/** Of those who leave, how many come back, and when, at life's pace. */
const comesBack = { share: 0.5, medianMs: 600_000 };
/** Share of the visits that are by somebody who has been here, as far as somebody is due. */
const returningShare = 0.35;
/** People who may come back; of more than that the ones due last are forgotten. */
const mostAway = 20_000;
/** How long one visitor takes from act to act on average, at life's pace: measured. It only sets the
 *  beginning; what is observed soon outweighs it. */
const typicalGapMs = 6_000;
const typicalWeight = 300;
/** Before the followed person has another look. */
const followedPauseMs = 5_000;

interface Presence {
  readonly visitor: Visitor;
  readonly arrival: Arrival;
  readonly acts: Iterator<Act, void>;
  readonly sessionId: string | null;
  /** Time without network between the last act and its delivery; null for a phone that has one. */
  readonly offlineMs: number | null;
  /** The page they are on, the one before, and how many there were. */
  path: string | null;
  previousPath: string | null;
  pages: number;
}

class Crowd {
  private readonly draw: Draw;
  private readonly present = new TimeQueue<Presence>();
  private readonly away = new TimeQueue<Visitor>();
  private visitors = 0;
  /** Time that visitors spent between acts, and the acts: their ratio is one visitor's pace. */
  private readonly observed: { gapsMs: number; acts: number };
  /** The crowd's size is a whole number, its right size is not: this part of one is rounded up. */
  private roundUpFrom = 0;

  constructor(private readonly plan: TrafficPlan) {
    this.draw = drawOf(plan.seed, -1);
    const acts = typicalWeight;
    this.observed = { gapsMs: (acts * typicalGapMs) / plan.pace, acts };
  }

  *happenings(): Generator<Happening, never> {
    const { plan } = this;
    this.enter(followedPerson(plan), plan.startAt);
    // Everybody begins with a page and its event, two acts at once: spread over the time of two.
    this.fill(plan.startAt, () => this.draw.between(0, 2 * this.gapMs()));
    for (;;) {
      const next = this.present.take();
      if (next === undefined) throw new Error('the followed person has left');
      const happening = this.live(next.thing, next.at);
      if (happening !== null) yield happening;
      this.fill(Math.round(next.at), () => 0);
    }
  }

  /** As many are there as it takes to make the planned events a second: each makes one a gap. */
  private fill(now: number, afterMs: () => number): void {
    for (;;) {
      const right = (this.plan.eventsPerSecond / 1000) * this.gapMs();
      if (this.present.size >= Math.floor(right + this.roundUpFrom)) return;
      this.enter(this.whoComes(now), now + afterMs());
    }
  }

  private gapMs(): number {
    return this.observed.gapsMs / this.observed.acts;
  }

  private whoComes(now: number): Visitor {
    if (this.draw.chance(crawlerShare)) return crawlerOf(this.nextNumber(), this.plan);
    const known = this.draw.chance(returningShare) ? this.away.take(now) : undefined;
    return known?.thing ?? personOf(this.nextNumber(), this.plan);
  }

  private nextNumber(): number {
    this.visitors += 1;
    return this.visitors;
  }

  private enter(visitor: Visitor, at: number): void {
    visitor.visits += 1;
    const { draw, visits, crawler, number } = visitor;
    const arrival = crawler === null ? arrivalOf(draw, visits === 1) : nowhere;
    const orderId = `o-${this.plan.run}-${number.toString(36)}-${visits}`;
    const isOffline = visitor.device.isPhone && draw.chance(offlineShare);
    this.present.add(at, {
      visitor,
      arrival,
      acts: visitOf({ visitor, arrival, orderId }),
      sessionId: visitor.hasSessions ? `${Math.round(at)}` : null,
      offlineMs: isOffline ? this.offlineMs(draw) : null,
      path: null,
      previousPath: null,
      pages: 0,
    });
  }

  private offlineMs(draw: Draw): number {
    const { least, most } = this.plan.offlineHours;
    return draw.between(least, most) * 3_600_000;
  }

  /** One step of one visit: null where it was the last pause that ended. */
  private live(presence: Presence, at: number): Happening | null {
    if (presence.offlineMs !== null) return this.deliverLate(presence, at, presence.offlineMs);
    const { visitor } = presence;
    const next = presence.acts.next();
    if (next.done) {
      this.leave(visitor, at);
      return null;
    }
    const gapMs = next.value.pauseMs / this.plan.pace;
    this.observed.gapsMs += gapMs;
    this.observed.acts += 1;
    this.present.add(at + gapMs, presence);
    const now = Math.round(at);
    return { at: now, visitor, messages: [this.truth(presence, next.value, now)] };
  }

  /** A visit that lies back as far as the phone was offline, delivered in one piece. */
  private deliverLate(presence: Presence, at: number, offlineMs: number): Happening {
    const { visitor } = presence;
    const acts: Act[] = [];
    for (let next = presence.acts.next(); !next.done; next = presence.acts.next()) {
      acts.push(next.value);
    }
    const now = Math.round(at);
    const lastedMs = acts.slice(0, -1).reduce((sum, { pauseMs }) => sum + pauseMs, 0);
    let when = now - offlineMs - lastedMs;
    const messages = acts.map((act) => {
      const message = this.truth(presence, act, Math.round(when));
      when += act.pauseMs;
      return message;
    });
    this.observed.acts += acts.length;
    this.leave(visitor, at);
    return { at: now, visitor, messages };
  }

  private truth(presence: Presence, act: Act, at: number): TrueMessage {
    const { visitor } = presence;
    if (act.call === 'page') turnTo(presence, act.path);
    visitor.messages += 1;
    const { run } = this.plan;
    const messageId = `${run}-${visitor.number.toString(36)}-${visitor.messages.toString(36)}`;
    const isFirst = presence.pages === 1;
    const message = messageOf(act, { ...presence, isFirst, at, messageId });
    return { message, is: truthOf(presence), trueAt: at };
  }

  private leave(visitor: Visitor, at: number): void {
    this.roundUpFrom = this.draw.between(0, 1);
    const { pace } = this.plan;
    if (visitor.number === 0) this.enter(visitor, at + followedPauseMs / pace);
    else if (visitor.crawler === null && this.draw.chance(comesBack.share)) {
      if (this.away.size >= mostAway) return;
      this.away.add(at + visitor.draw.pauseMs(comesBack.medianMs) / pace, visitor);
    }
  }
}

const nowhere: Arrival = {
  campaign: null,
  referrer: null,
  clickId: null,
  buying: 0,
  landing: 'product',
};

function turnTo(presence: Presence, path: string): void {
  presence.previousPath = presence.path;
  presence.path = path;
  presence.pages += 1;
}

function truthOf({ visitor, offlineMs }: Presence): Truth {
  if (visitor.crawler !== null) return 'bot';
  if (offlineMs !== null) return 'late';
  return visitor.clockErrorMs === 0 ? 'human' : 'skewed';
}
