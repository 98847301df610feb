import type { CleanEvent } from '../../../services/shared/domain/event';
import { funnelSteps } from '../../../services/shared/domain/funnel';

/** How many actors reached each step, the first step first. */
export type Entered = readonly number[];

/** Each actor's events, in any order. */
export type Actors = Iterable<readonly CleanEvent[]>;

/** The deepest chain of steps in order that begins with an entering event for which `mayEnter`, with
 *  every step within the window of the first. Steps of the same millisecond are in order. */
export function orderedFunnel(
  actors: Actors,
  windowMs: number,
  mayEnter: (at: number) => boolean = () => true,
): Entered {
  const entered = funnelSteps.map(() => 0);
  for (const events of actors) {
    const depth = deepestChain(events, windowMs, mayEnter);
    for (let step = 0; step < depth; step += 1) entered[step] = (entered[step] ?? 0) + 1;
  }
  return entered;
}

function deepestChain(
  events: readonly CleanEvent[],
  windowMs: number,
  mayEnter: (at: number) => boolean,
): number {
  const moments = events
    .map(({ eventAt, type }) => ({ at: eventAt, step: funnelSteps.indexOf(type) }))
    .filter(({ step }) => step >= 0)
    .sort((a, b) => a.at - b.at || a.step - b.step);
  // Per step, the latest time at which a chain that reached it began: the later, the more room.
  const began: (number | undefined)[] = [];
  for (const { at, step } of moments) {
    if (step === 0 && mayEnter(at)) began[0] = at;
    const before = began[step - 1];
    if (step > 0 && before !== undefined && at - before <= windowMs) began[step] = before;
  }
  return began.filter((one) => one !== undefined).length;
}

/** Distinct actors that did each step, whatever else they did. */
export function anyOrderFunnel(actors: Actors): Entered {
  const entered = funnelSteps.map(() => 0);
  for (const events of actors) {
    funnelSteps.forEach((type, step) => {
      if (events.some((event) => event.type === type)) entered[step] = (entered[step] ?? 0) + 1;
    });
  }
  return entered;
}
