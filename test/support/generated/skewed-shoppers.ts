import type { Draw } from '../../../deploy/traffic/draw';

/** Devices that tell the time alike, on networks that are alike. */
export interface Devices {
  readonly name: string;
  /** How far their clocks are ahead of the truth. */
  readonly clockErrorMs: number;
  /** The longest that a request is on its way: taken from its end, so that the test need not wait. */
  readonly transitMs: number;
  /** Between the last event and its delivery. */
  readonly offlineMs: number;
  /** A request for each event, or one for all of them. */
  readonly requests: 'each' | 'one';
}

export interface Step {
  readonly messageId: string;
  readonly event: string;
  /** Milliseconds UTC by a clock that is right. */
  readonly trueAt: number;
}

export interface Shopper {
  readonly id: string;
  readonly devices: Devices;
  /** In the order in which they happened. */
  readonly steps: readonly Step[];
  /** How far they came, in order, from their first product view on: 0 to 4. */
  readonly depth: number;
  /** Of that view; null where there is none. */
  readonly enteredAt: number | null;
}

export const funnelSteps = [
  'Product Viewed',
  'Product Added',
  'Checkout Started',
  'Order Completed',
] as const;

const [view, add, checkout, order] = funnelSteps;
const visits: readonly { readonly steps: readonly string[]; readonly depth: number }[] = [
  { steps: [view, add, checkout, order], depth: 4 },
  { steps: [view, add, checkout], depth: 3 },
  { steps: [view, checkout, add], depth: 2 },
  { steps: [add, view], depth: 1 },
  { steps: [view], depth: 1 },
  { steps: [add, checkout, order], depth: 0 },
];

const minuteMs = 60_000;

/** Shoppers whose way through the shop is known by construction. They were there within the hour
 *  before `now`, less the time without network, and never around the turn of an hour, so that
 *  minutes of transit do not decide in which hour they entered. */
export function skewedShoppers(
  devices: Devices,
  { people, now, run, draw }: { people: number; now: number; run: string; draw: Draw },
): readonly Shopper[] {
  return Array.from({ length: people }, (_, nth) => {
    const id = `${run}-${devices.name.replaceAll(' ', '-')}-${nth}`;
    const visit = draw.pick(visits);
    let at = clearOfHours(now - devices.offlineMs - draw.whole(10 * minuteMs, 50 * minuteMs));
    const steps = visit.steps.map((event, index) => {
      at += draw.whole(3_000, 30_000);
      return { messageId: `${id}-${index}`, event, trueAt: at };
    });
    const enteredAt = steps.find(({ event }) => event === view)?.trueAt ?? null;
    return { id, devices, steps, depth: visit.depth, enteredAt };
  });
}

/** Between the sixth and the fiftieth minute of an hour: at `latest`, or twenty minutes before. */
function clearOfHours(latest: number): number {
  const minute = Math.floor(latest / minuteMs) % 60;
  return minute >= 6 && minute < 50 ? latest : latest - 20 * minuteMs;
}

/** How many shoppers came at least as far as each step. */
export function trueFunnel(shoppers: readonly Shopper[]): readonly number[] {
  return funnelSteps.map((_, index) => shoppers.filter(({ depth }) => depth > index).length);
}
