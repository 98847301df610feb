import { type Random, seededRandom } from '../replay/random';

/** Everything that is left to chance, from one seeded source. */
export interface Draw {
  /** True in this share of the cases. */
  chance(share: number): boolean;
  /** From `least` inclusive to `most` exclusive. */
  between(least: number, most: number): number;
  /** A whole number; both ends included. */
  whole(least: number, most: number): number;
  pick<Thing>(things: readonly Thing[]): Thing;
  /** A thing as often as its weight says. */
  weighted<Thing extends { readonly weight: number }>(things: readonly Thing[]): Thing;
  /** Milliseconds as people take them: log-normal around the median, between an eighth and eight
   *  times of it. Times on a page are skewed like this in every study of browsing. */
  pauseMs(medianMs: number): number;
}

export function createDraw(seed: number): Draw {
  const random = seededRandom(seed);
  return {
    chance: (share) => random() < share,
    between: (least, most) => least + random() * (most - least),
    whole: (least, most) => least + Math.floor(random() * (most - least + 1)),
    pick: (things) => itemOf(things, Math.floor(random() * things.length)),
    weighted: (things) => weighted(things, random),
    pauseMs: (medianMs) =>
      medianMs * Math.min(8, Math.max(1 / 8, Math.exp(sigma * normal(random)))),
  };
}

/** A source of its own for each of many things, so that none depends on when the others draw. */
export function drawOf(seed: number, stream: number): Draw {
  return createDraw(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream, 0xc2b2ae35));
}

const sigma = 0.8;

function weighted<Thing extends { readonly weight: number }>(
  things: readonly Thing[],
  random: Random,
): Thing {
  let left = random() * things.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = things.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return chosen ?? itemOf(things, things.length - 1);
}

/** Box and Muller, 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function itemOf<Thing>(things: readonly Thing[], index: number): Thing {
  if (index < 0 || index >= things.length) throw new RangeError('nothing to choose from');
  return things[index] as Thing;
}
