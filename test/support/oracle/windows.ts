import type { EventRow } from '../../../services/shared/domain/event-row';
import { funnelSteps } from '../../../services/shared/domain/funnel';
import { directChannel, sessionSilenceMs } from '../../../services/shared/domain/session';
import { groupedBy } from './sessions';

/** A channel's line in a minute window; distinct users by name. */
export interface ChannelLine {
  readonly channel: string;
  readonly campaign: string;
  sessions: number;
  readonly users: Set<string>;
  views: number;
  carts: number;
  checkouts: number;
  orders: number;
  readonly revenueMinor: Record<string, number>;
  readonly refundMinor: Record<string, number>;
}

export interface FunnelLine {
  readonly users: number[];
  readonly sessions: number[];
}

interface Session {
  readonly tenant: string;
  readonly user: string;
  /** By (eventAt, messageId). */
  readonly rows: readonly EventRow[];
  readonly channel: string;
  readonly campaign: string;
}

/** Time zones by tenant; UTC where there is none. */
export type Zones = ReadonlyMap<string, string>;

/** The rows that are facts: of each coordinate the last version, where that is counted. */
export function factsOf(rows: readonly EventRow[]): readonly EventRow[] {
  const last = new Map<string, EventRow>();
  for (const row of rows) {
    const name = `${row.topic}/${row.partition}/${row.offset}`;
    if (row.version >= (last.get(name)?.version ?? 0)) last.set(name, row);
  }
  return [...last.values()].filter(({ outcome }) => outcome === 'counted');
}

/** Minute windows by `tenant/start`, each with its lines by `channel/campaign`. */
export function channelWindowsOf(facts: readonly EventRow[], zones: Zones = new Map()) {
  const windows = new Map<string, Map<string, ChannelLine>>();
  const orders = firstCopies(facts);
  for (const session of sessionsOf(facts, zones)) {
    const lineAt = (time: number) => lineOf(windows, session, time);
    const begins = lineAt(session.rows[0]?.eventAt ?? 0);
    begins.sessions += 1;
    begins.users.add(session.user);
    for (const row of session.rows) if (isCounted(row)) count(lineAt(row.eventAt), row, orders);
  }
  return windows;
}

/** Entering hours by `tenant/start`; only hours that somebody entered in. */
export function funnelWindowsOf(
  facts: readonly EventRow[],
  windowMs = 86_400_000,
  zones: Zones = new Map(),
) {
  const windows = new Map<string, FunnelLine>();
  const sessions = sessionsOf(facts, zones).map(({ tenant, rows }) => ({ tenant, rows }));
  const users = [...groupedBy(facts, userOf).values()].map((rows) => ({
    tenant: rows[0]?.tenant ?? '',
    rows,
  }));
  for (const [who, actors] of [['users', users] as const, ['sessions', sessions] as const]) {
    for (const { tenant, rows } of actors) {
      for (const [start, depth] of depthsByHour(rows, windowMs)) {
        const zeros = () => funnelSteps.map(() => 0);
        const line = windows.get(`${tenant}/${start}`) ?? { users: zeros(), sessions: zeros() };
        windows.set(`${tenant}/${start}`, line);
        for (let step = 0; step < depth; step += 1) line[who][step] = (line[who][step] ?? 0) + 1;
      }
    }
  }
  return windows;
}

const counted = {
  product_viewed: 'views',
  product_added: 'carts',
  checkout_started: 'checkouts',
} as const;

function isCounted({ type }: EventRow): boolean {
  return type in counted || type === 'order_completed' || type === 'order_refunded';
}

function count(line: ChannelLine, row: EventRow, orders: ReadonlySet<EventRow>): void {
  const which = counted[row.type as keyof typeof counted];
  if (which !== undefined) line[which] += 1;
  const amounts = row.type === 'order_refunded' ? line.refundMinor : line.revenueMinor;
  if (row.type === 'order_completed') {
    if (!orders.has(row)) return;
    line.orders += 1;
  }
  if (which !== undefined || row.currency === '') return;
  amounts[row.currency] = (amounts[row.currency] ?? 0) + (row.revenueMinor ?? 0);
}

function lineOf(
  windows: Map<string, Map<string, ChannelLine>>,
  { tenant, channel, campaign }: Session,
  time: number,
): ChannelLine {
  const key = `${tenant}/${Math.floor(time / 60_000) * 60_000}`;
  const lines = windows.get(key) ?? new Map<string, ChannelLine>();
  windows.set(key, lines);
  const line = lines.get(`${channel}/${campaign}`) ?? {
    ...{ channel, campaign, sessions: 0, users: new Set<string>(), views: 0, carts: 0 },
    ...{ checkouts: 0, orders: 0, revenueMinor: {}, refundMinor: {} },
  };
  lines.set(`${channel}/${campaign}`, line);
  return line;
}

function firstCopies(facts: readonly EventRow[]): ReadonlySet<EventRow> {
  const orders = facts.filter(({ orderKey }) => orderKey !== '');
  const byKey = groupedBy(orders, (row) => JSON.stringify([row.tenant, row.orderKey]));
  return new Set([...byKey.values()].map((copies) => inOrder(copies)[0] as EventRow));
}

function sessionsOf(facts: readonly EventRow[], zones: Zones): readonly Session[] {
  const day = (row: EventRow) => (row.sessionId === '' ? localDay(row, zones) : '');
  const key = (row: EventRow) => JSON.stringify([userOf(row), row.sessionId, day(row)]);
  return [...groupedBy(facts, key).values()].flatMap((rows) =>
    splitWithoutId(inOrder(rows)).map((part) => {
      const named = part.find((row) => row.channel !== '' && !row.selfReferral);
      const { tenant = '', user = '' } = part[0] ?? {};
      const channel = named?.channel ?? directChannel;
      return { tenant, user, rows: part, channel, campaign: named?.campaign ?? '' };
    }),
  );
}

function splitWithoutId(rows: readonly EventRow[]): readonly (readonly EventRow[])[] {
  if (rows[0]?.sessionId !== '') return [rows];
  const parts: EventRow[][] = [];
  for (const row of rows) {
    const last = parts.at(-1)?.at(-1)?.eventAt ?? Number.NEGATIVE_INFINITY;
    if (row.eventAt - last < sessionSilenceMs) parts.at(-1)?.push(row);
    else parts.push([row]);
  }
  return parts;
}

const quarterMs = 900_000;
/** Days by zone and quarter of an hour, at which offsets of zones change: a calendar takes its time. */
const days = new Map<string, string>();
const calendars = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of the tenant's zone that a row happened on. */
export function localDay({ tenant, eventAt }: EventRow, zones: Zones): string {
  const timeZone = zones.get(tenant) ?? 'UTC';
  const name = `${timeZone} ${Math.floor(eventAt / quarterMs)}`;
  const known = days.get(name);
  if (known !== undefined) return known;
  const made = calendars.get(timeZone);
  const calendar = made ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  calendars.set(timeZone, calendar);
  const day = calendar.format(eventAt);
  days.set(name, day);
  return day;
}

/** The deepest chain that enters in each hour, by the hour's start. */
function depthsByHour(rows: readonly EventRow[], windowMs: number): ReadonlyMap<number, number> {
  const steps = rows
    .map(({ eventAt, type }) => ({ at: eventAt, step: funnelSteps.indexOf(type as 'custom') }))
    .filter(({ step }) => step >= 0);
  const depths = new Map<number, number>();
  for (const entry of steps.filter(({ step }) => step === 0)) {
    const start = Math.floor(entry.at / 3_600_000) * 3_600_000;
    depths.set(start, Math.max(depths.get(start) ?? 0, depthFrom(entry.at, steps, windowMs)));
  }
  return depths;
}

/** How far a chain gets that begins at this time: each step as early as can be. */
function depthFrom(
  begin: number,
  steps: readonly { readonly at: number; readonly step: number }[],
  windowMs: number,
): number {
  let reached = begin;
  for (let depth = 1; depth < funnelSteps.length; depth += 1) {
    const next = steps.filter(({ at, step }) => step === depth && at >= reached);
    const earliest = Math.min(...next.map(({ at }) => at));
    if (earliest > begin + windowMs) return depth;
    reached = earliest;
  }
  return funnelSteps.length;
}

function userOf({ tenant, user }: EventRow): string {
  return JSON.stringify([tenant, user]);
}

function inOrder(rows: readonly EventRow[]): readonly EventRow[] {
  return [...rows].sort((a, b) => a.eventAt - b.eventAt || (a.messageId < b.messageId ? -1 : 1));
}
