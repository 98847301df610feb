import { type Crawler, crawlers } from './crawlers';
import { computer, type Device, devices } from './devices';
import { type Draw, drawOf } from './draw';
import type { TrafficPlan } from './plan';
import { categories } from './shop';

/** Somebody with one device, or a machine that behaves like one. What they do follows from the plan
 *  and their number alone. */
export interface Visitor {
  readonly number: number;
  readonly anonymousId: string;
  /** Of those who have an account; sent once they have logged in. */
  readonly userId: string | null;
  readonly device: Device;
  /** How far the device's clock is ahead of the truth. */
  readonly clockErrorMs: number;
  /** The SDK tells sessions apart. */
  readonly hasSessions: boolean;
  readonly address: string;
  readonly locale: string;
  /** Categories they like, best first. */
  readonly tastes: readonly string[];
  /** Share of their visits that end on the first page. */
  readonly bounces: number;
  /** Things they look for in an average visit. */
  readonly rounds: number;
  /** Null for a person. */
  readonly crawler: Crawler | null;
  readonly draw: Draw;
  /** Counted up as they go: so far. */
  visits: number;
  messages: number;
}

const hourMs = 3_600_000;
/** Of all phones: a clock three hours fast, one two hours slow. */
const fast = { share: 0.02, errorMs: 3 * hourMs };
const slow = { share: 0.015, errorMs: -2 * hourMs };
const locales = ['en-US', 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'zh-CN', 'ja-JP'] as const;
const followedTastes = 3;

/** The n-th person to come by. */
export function personOf(number: number, plan: TrafficPlan): Visitor {
  const draw = drawOf(plan.seed, number);
  const device = draw.weighted(devices);
  const name = `${plan.run}-${number.toString(36)}`;
  return {
    ...unknown(number, draw),
    anonymousId: `v-${name}`,
    userId: draw.chance(0.35) ? `u-${name}` : null,
    device,
    clockErrorMs: device.isPhone ? clockErrorOf(draw) : 0,
    hasSessions: device.app !== null || draw.chance(0.8),
    locale: draw.pick(locales),
    tastes: tastesOf(draw, draw.whole(1, 3)),
    bounces: 0.38,
    rounds: draw.between(1, 3),
  };
}

/** The person to watch: right clock, one browser, few interests and all the time in the world. */
export function followedPerson(plan: TrafficPlan): Visitor {
  const draw = drawOf(plan.seed, 0);
  return {
    ...unknown(0, draw),
    anonymousId: plan.followed,
    tastes: tastesOf(draw, followedTastes),
    bounces: 0,
    rounds: 4,
  };
}

/** The n-th visitor, where it is a machine: no cookie of an earlier visit, so each visit is a new one. */
export function crawlerOf(number: number, plan: TrafficPlan): Visitor {
  const draw = drawOf(plan.seed, number);
  const anonymousId = `v-${plan.run}-${number.toString(36)}`;
  return {
    ...unknown(number, draw),
    anonymousId,
    tastes: tastesOf(draw, 4),
    hasSessions: false,
    crawler: draw.weighted(crawlers),
  };
}

function unknown(number: number, draw: Draw): Visitor {
  return {
    number,
    anonymousId: '',
    userId: null,
    device: computer,
    clockErrorMs: 0,
    hasSessions: true,
    address: addressOf(draw),
    locale: 'en-US',
    tastes: [],
    bounces: 0,
    rounds: 0,
    crawler: null,
    draw,
    visits: 0,
    messages: 0,
  };
}

function clockErrorOf(draw: Draw): number {
  if (draw.chance(fast.share)) return fast.errorMs;
  return draw.chance(slow.share) ? slow.errorMs : 0;
}

/** The networks that are kept free for documentation (RFC 5737). */
function addressOf(draw: Draw): string {
  const network = draw.pick(['192.0.2', '198.51.100', '203.0.113']);
  return `${network}.${draw.whole(1, 254)}`;
}

function tastesOf(draw: Draw, many: number): readonly string[] {
  const left = [...categories];
  return Array.from({ length: many }, () => {
    const [taste = ''] = left.splice(draw.whole(0, left.length - 1), 1);
    return taste;
  });
}
