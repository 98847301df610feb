import { promisedSeconds } from '../../services/shared/domain/histogram';
import type { ChannelRow, Ledger } from '../summary/api';
import { count, decimal } from '../summary/table';
import type { Ink } from './ink';
import {
  barOf,
  bothEnds,
  cutTo,
  grouped,
  leftIn,
  printable,
  rightIn,
  spanOf,
  widthOf,
} from './text';
import type { FollowedTag, PanelView, Profile } from './view';

/** Rows that the lists may have: in a low window the ends of them stay away. */
export interface Limits {
  readonly reasons: number;
  readonly channels: number;
  readonly tags: number;
}

/** How a block is drawn: its columns, its rows, its colours. */
export interface Drawing {
  readonly width: number;
  readonly most: Limits;
  readonly ink: Ink;
}

/** A part of the panel: whole lines of at most `width` columns. */
export type Block = (view: PanelView, drawing: Drawing) => readonly string[];

/** What became of the events, by reason. */
export const ledgerBlock: Block = ({ ledger }, { width, most, ink }) => {
  const kept = ledger?.outcomes.counted ?? null;
  const removed = ledger === null ? null : removedOf(ledger);
  const all = (kept ?? 0) + (removed ?? 0);
  const numbers = Math.max(9, count(ledger?.accepted ?? null).length + 2, count(all).length + 2);
  const line = (label: string, events: number | null, more: string) =>
    leftIn(`${leftIn(label, labels)}${rightIn(count(events), numbers)}  ${more}`, width);
  const room = width - labels - numbers - 2;
  return [
    ink.title('events'),
    line('accepted', ledger?.accepted ?? null, ''),
    line('kept', kept, ink.good(percent(kept ?? 0, all))),
    line('removed', removed, percent(removed ?? 0, all)),
    ...reasonLines(ledger, most.reasons).map(([label, events, outcome]) =>
      line(`  ${label}`, events, outcome.length <= room ? ink.faint(outcome) : ''),
    ),
    line('on the way', ledger?.unaccounted ?? null, ''),
  ];
};

/** Columns of the words before a number: the longest reason fits. */
const labels = 18;

function removedOf({ outcomes }: Ledger): number {
  const all = Object.values(outcomes).reduce((sum, events) => sum + events, 0);
  return all - (outcomes.counted ?? 0);
}

function reasonLines(ledger: Ledger | null, most: number): readonly [string, number, string][] {
  const reasons = (ledger?.reasons ?? [])
    .filter(({ outcome }) => outcome !== 'counted')
    .sort((a, b) => b.events - a.events || (a.reason < b.reason ? -1 : 1));
  const shown = reasons.length <= most ? reasons : reasons.slice(0, Math.max(0, most - 1));
  const lines = shown.map(({ reason, events, outcome }): [string, number, string] => [
    reason,
    events,
    outcome,
  ]);
  const others = reasons.slice(shown.length).reduce((sum, { events }) => sum + events, 0);
  return others === 0 || most === 0 ? lines : [...lines, ['others', others, '']];
}

/** How long it takes until a click is a tag, against what is promised. */
export const latencyBlock: Block = ({ latency }, { width, ink }) => {
  const line = (label: string, seconds: number | null) => {
    const shown = seconds === null ? '-' : `${count(Math.round(seconds * 1000))} ms`;
    const kept = seconds === null || seconds <= promisedSeconds;
    const figure = kept ? ink.good(rightIn(shown, 9)) : ink.bad(rightIn(shown, 9));
    const bar = barOf((seconds ?? 0) / promisedSeconds, Math.max(0, width - 16));
    return leftIn(`${leftIn(label, 5)}${figure}  ${kept ? ink.bar(bar) : ink.bad(bar)}`, width);
  };
  const events = latency === null ? '' : `${count(latency.events)} in a minute`;
  const overall = latency?.overallP99 ?? null;
  const whole = overall === null ? '' : `, p99 so far ${count(Math.round(overall * 1000))} ms`;
  return [
    bothEnds(ink.title('click to tag'), ink.faint(`promised ${promisedSeconds * 1000} ms`), width),
    line('p50', latency?.p50 ?? null),
    line('p99', latency?.p99 ?? null),
    ink.faint(leftIn(`${events}${whole}`, width)),
  ];
};

/** How far people come, in order. */
export const funnelBlock: Block = ({ funnel }, { width, ink }) => {
  const steps = (funnel ?? []).map(({ step, entered }) => ({
    name: step.replaceAll('_', ' '),
    entered,
    share: entered / Math.max(1, funnel?.[0]?.entered ?? 0),
  }));
  const names = Math.max(...steps.map(({ name }) => name.length), 0);
  const numbers = Math.max(...steps.map(({ entered }) => count(entered).length), 5) + 2;
  const lines = steps.map(({ name, entered, share }) => {
    const figures = `${rightIn(count(entered), numbers)}${rightIn(percent(share, 1), 8)}`;
    const bar = ink.bar(barOf(share, width - names - numbers - 9));
    return leftIn(`${leftIn(name, names)}${figures} ${bar}`, width);
  });
  return [ink.title(cutTo('funnel: people, within 24 hours', width)), ...lines];
};

/** Where visits come from and what they bring, in the currency most of it is in. */
export const channelBlock: Block = ({ channels }, { width, most, ink }) => {
  const rows = (channels ?? [])
    .filter(({ sessions }) => sessions !== null)
    .sort((a, b) => (b.sessions ?? 0) - (a.sessions ?? 0));
  const head: Cells = ['channel', 'sessions', 'orders', rows[0]?.currency ?? ''];
  const exact = [head, ...rows.map((row) => cellsOf(row, grouped(row.revenue)))];
  const whole = [head, ...rows.map((row) => cellsOf(row, grouped(wholeOf(row.revenue))))];
  const table = tableWidth(exact) <= width ? exact : whole;
  const [longestName = 0, ...figureWidths] = widthsOf(table);
  const figuresWidth = figureWidths.reduce((sum, one) => sum + one + 2, 0);
  const name = Math.min(longestName, Math.max(0, width - figuresWidth));
  const line = ([channel, ...figures]: Cells) => {
    const right = figures.map((figure, at) => `  ${rightIn(figure, figureWidths[at] ?? 0)}`);
    return leftIn(`${leftIn(channel, name)}${right.join('')}`, width);
  };
  const more = rows.length - most.channels;
  return [
    ink.title(line(head)),
    ...table.slice(1, most.channels + 1).map(line),
    ...(more > 0 ? [ink.faint(leftIn(`and ${more} more`, width))] : []),
  ];
};

type Cells = readonly [channel: string, sessions: string, orders: string, revenue: string];

function cellsOf({ channel, sessions, orders }: ChannelRow, revenue: string): Cells {
  return [printable(channel), count(sessions), count(orders), revenue];
}

function widthsOf(table: readonly Cells[]): readonly number[] {
  return [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))));
}

function tableWidth(table: readonly Cells[]): number {
  return widthsOf(table).reduce((sum, width) => sum + width + 2, -2);
}

/** Cut off, not rounded: it is left out for want of room only. */
function wholeOf(decimal: string): string {
  return decimal.split('.')[0] ?? decimal;
}

/** One person's interests as they click. Two columns of tags where there is room. */
export const followedBlock: Block = (view, { width, most, ink }) => {
  const { id, profile, tags } = view.followed;
  const about = profile === null ? 'not seen yet' : aboutOf(profile, view.now);
  const head = `${ink.title(cutTo(printable(id), 30))}  ${ink.faint(about)}`;
  const columns = width >= 72 ? 2 : 1;
  const column = Math.floor((width - 2 * (columns - 1)) / columns);
  const shown = tags.slice(0, most.tags * columns);
  const strongest = Math.max(...shown.map(({ weight }) => weight), 1);
  const cells = shown.map((tag) => tagCell(tag, { width: column, strongest, ink }));
  const height = Math.ceil(cells.length / columns);
  const lines = Array.from({ length: height }, (_, row) =>
    [cells[row], cells[row + height]].filter((cell) => cell !== undefined).join('  '),
  );
  return [leftIn(head, width), ...lines];
};

function aboutOf({ segment, lastChannel, lastSeenAt }: Profile, now: number): string {
  const by = lastChannel === null ? [] : [printable(lastChannel)];
  const seen = lastSeenAt === null ? [] : [`${spanOf(now - lastSeenAt)} ago`];
  return [printable(segment), ...by, ...seen].join(', ');
}

function tagCell(
  { tag, weight, change }: FollowedTag,
  { width, strongest, ink }: { width: number; strongest: number; ink: Ink },
): string {
  const moved = change === null || Math.abs(change) >= 0.05;
  const text = change === null ? 'new' : `${change > 0 ? '+' : ''}${decimal(change, 1)}`;
  const mark = rightIn(moved ? text : '', 6);
  const name = Math.max(8, Math.min(26, width - 22));
  const bar = ink.bar(leftIn(barOf(weight / strongest, width - name - 14), width - name - 14));
  const figure = rightIn(decimal(weight, 1), 7);
  const colour = change !== null && change < 0 ? ink.bad : ink.good;
  return `${leftIn(printable(tag), name)}${figure} ${bar}${colour(mark)}`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${decimal((part / whole) * 100, 1)} %`;
}
