import { decimal } from '../summary/table';
import {
  type Block,
  channelBlock,
  type Drawing,
  followedBlock,
  funnelBlock,
  type Limits,
  latencyBlock,
  ledgerBlock,
} from './blocks';
import type { Ink } from './ink';
import { bothEnds, clockTime, cutTo, leftIn, printable, spanOf, sparkOf, widthOf } from './text';
import type { PanelView } from './view';

export interface Window {
  readonly columns: number;
  readonly rows: number;
  readonly ink: Ink;
}

const gap = 3;
const widest = 200;
/** From these widths on, two and three blocks stand side by side. */
const twoColumns = 76;
const threeColumns = 120;
const mostRows = 10;
const shownNotes = 3;
/** Seconds of the rate. */
const longestSpark = 60;

/** The panel as lines, no wider and no more of them than the window has. */
export function renderPanel(view: PanelView, { columns, rows, ink }: Window): readonly string[] {
  const width = Math.min(columns, widest);
  const [top, bottom] = [header(view, width, ink), footer(view, width, ink)];
  const draw = (most: Limits) => [...top, ...bodyOf(view, { width, most, ink }), ...bottom];
  const lines = draw(limitsFor((most) => draw(most).length <= rows)).slice(0, rows);
  // Blocks have a least width; in a window below it the terminal would wrap the ends of lines.
  return lines.map((line) => (widthOf(line) > width ? leftIn(line, width) : line));
}

/** The longest lists that fit: all as long as each other, then each as long as the others let it. */
function limitsFor(fits: (most: Limits) => boolean): Limits {
  let even = mostRows;
  const all = (most: number): Limits => ({ reasons: most, channels: most, tags: most });
  while (even > 0 && !fits(all(even))) even -= 1;
  let limits = all(even);
  for (const list of ['channels', 'tags', 'reasons'] as const) {
    for (let more = even + 1; more <= mostRows && fits({ ...limits, [list]: more }); more += 1) {
      limits = { ...limits, [list]: more };
    }
  }
  return limits;
}

function header({ now, since, rate }: PanelView, width: number, ink: Ink): readonly string[] {
  const live = ink.faint(`live for ${spanOf(now - since)}`);
  const events = rate.perSecond === null ? '' : `${decimal(rate.perSecond, 0)} events/s`;
  const left = `${ink.title('Tributary')}  ${live}  ${events}`;
  const right = `${clockTime(now)} UTC`;
  const room = Math.min(longestSpark, width - widthOf(left) - right.length - 4);
  const spark = ink.bar(sparkOf(rate.recent, room));
  return [bothEnds(`${left} ${spark}`, ink.faint(right), width), ''];
}

function bodyOf(view: PanelView, drawing: Drawing): readonly string[] {
  const draw = (blocks: readonly Block[], width: number) =>
    blocks.flatMap((block) => [...block(view, { ...drawing, width }), '']);
  const { width } = drawing;
  if (width < twoColumns) {
    const all = [ledgerBlock, latencyBlock, funnelBlock, channelBlock, followedBlock];
    return draw(all, width);
  }
  if (width < threeColumns) {
    const left = Math.floor((width - gap) * 0.47);
    const right = width - gap - left;
    return [
      ...sideBySide(
        [draw([ledgerBlock, funnelBlock], left), left],
        [draw([latencyBlock, channelBlock], right), right],
      ),
      ...draw([followedBlock], width),
    ];
  }
  const other = Math.floor((width - gap * 2) / 3);
  const first = width - (gap + other) * 2;
  return sideBySide(
    [draw([ledgerBlock, latencyBlock], first), first],
    [draw([funnelBlock, channelBlock], other), other],
    [draw([followedBlock], other), other],
  );
}

type Column = readonly [lines: readonly string[], width: number];

function sideBySide(...columns: readonly Column[]): readonly string[] {
  const height = Math.max(...columns.map(([lines]) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map(([lines, width]) => leftIn(lines[row] ?? '', width))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function footer({ faults, notes, links }: PanelView, width: number, ink: Ink): readonly string[] {
  const broken = faults.map(({ what, since, why }) =>
    ink.bad(cutTo(`${what}: ${printable(why)}, since ${clockTime(since)}`, width)),
  );
  const named = Math.max(...links.map(({ label }) => label.length), 0);
  return [
    ...broken,
    ...notes.slice(-shownNotes).map((note) => ink.faint(cutTo(printable(note), width))),
    ...links.map(({ label, url }) => cutTo(`${label.padEnd(named)}  ${url}`, width)),
  ];
}
