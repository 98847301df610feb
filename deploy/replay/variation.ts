import type { LineReader } from './format';
import { type Random, seededRandom } from './random';

/** How a replay differs from the file as it stands: what SDKs, networks and retries do to order. */
export interface Variation {
  /** Each line is sent this many times, drawn evenly for each line. */
  readonly repeat: { readonly least: number; readonly most: number };
  /** `all`: any order; a number: each copy up to so many milliseconds of the file's own time after
   *  its place; null: in the file's order. */
  readonly shuffle: 'all' | number | null;
  /** This share of the lines is sent `byMs` of the file's own time after its place (after its
   *  shuffled place where the file is shuffled). The event's time stays what it was. */
  readonly late: { readonly share: number; readonly byMs: number } | null;
  readonly seed: number;
}

/** Where and how often the lines are sent: `order[i]` is the line sent as number i. */
export type SendingOrder = Uint32Array;

/**
 * Works out the order in which the lines go out; the same seed gives the same order. Lines without
 * a readable time keep the time of the line before them.
 */
export function sendingOrder(
  lines: readonly string[],
  reader: LineReader,
  variation: Variation,
): SendingOrder {
  const random = seededRandom(variation.seed);
  const times = eventTimes(lines, reader);
  const places: number[] = [];
  const sent: number[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    for (let copy = copies(variation, random); copy > 0; copy -= 1) {
      places.push(place(times, line, { variation, random }));
      sent.push(line);
    }
  }
  const order = Uint32Array.from(sent, (_, index) => index);
  order.sort((a, b) => (places[a] as number) - (places[b] as number) || a - b);
  return order.map((index) => sent[index] as number);
}

function eventTimes(lines: readonly string[], reader: LineReader): Float64Array {
  const times = new Float64Array(lines.length);
  let last = 0;
  lines.forEach((line, index) => {
    const time = eventTime(line, reader);
    if (Number.isFinite(time)) last = time;
    times[index] = last;
  });
  return times;
}

function eventTime(line: string, reader: LineReader): number {
  try {
    return reader.eventAt(line);
  } catch {
    return Number.NaN; // the replay reports the unreadable line when it comes to send it
  }
}

function copies({ repeat }: Variation, random: Random): number {
  return repeat.least + Math.floor(random() * (repeat.most - repeat.least + 1));
}

function place(
  times: Float64Array,
  line: number,
  { variation, random }: { variation: Variation; random: Random },
): number {
  const { shuffle, late } = variation;
  const from = shuffle === 'all' ? (times[0] ?? 0) : (times[line] as number);
  const width = shuffle === 'all' ? (times.at(-1) ?? 0) - from : (shuffle ?? 0);
  const delay = late !== null && random() < late.share ? late.byMs : 0;
  return from + random() * width + delay;
}
