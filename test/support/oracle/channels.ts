import type { CleanEvent } from '../../../services/shared/domain/event';
import { orderKey } from '../../../services/shared/domain/order';
import { inOrder, type Session } from './sessions';

export interface Sales {
  readonly orders: number;
  readonly revenueMinor: number;
}

/** A channel's figures in one window. */
export interface ChannelFigures {
  sessions: number;
  users: number;
  /** By currency. */
  readonly sales: Map<string, Sales>;
}

/** The orders: of each key the earliest event. */
export function ordersOf(facts: readonly CleanEvent[]): ReadonlySet<CleanEvent> {
  const first = new Map<string, CleanEvent>();
  for (const event of inOrder(facts)) {
    const key = orderKey(event, event.eventAt);
    if (key !== '' && !first.has(key)) first.set(key, event);
  }
  return new Set(first.values());
}

/**
 * Figures by `window start/channel`: sessions and their users in the window of the session's start,
 * orders and revenue in the window of the order, under its session's channel. Null: one window.
 */
export function channelFigures(
  sessions: readonly Session[],
  orders: ReadonlySet<CleanEvent>,
  windowMs: number | null,
): ReadonlyMap<string, ChannelFigures> {
  const figures = new Map<string, ChannelFigures>();
  const users = new Set<string>();
  const at = (time: number, channel: string) => {
    const key = `${windowMs === null ? '' : Math.floor(time / windowMs) * windowMs}/${channel}`;
    const none = { sessions: 0, users: 0, sales: new Map() };
    const entry = figures.get(key) ?? none;
    figures.set(key, entry);
    return { key, entry };
  };
  for (const { user, start, channel, events } of sessions) {
    const { key, entry } = at(start, channel);
    entry.sessions += 1;
    if (!users.has(`${key}/${user}`)) entry.users += 1;
    users.add(`${key}/${user}`);
    for (const event of events.filter((one) => orders.has(one))) {
      addOrder(at(event.eventAt, channel).entry, event);
    }
  }
  return figures;
}

function addOrder(entry: ChannelFigures, { currency, effect }: CleanEvent): void {
  const { orders, revenueMinor } = entry.sales.get(currency ?? '') ?? {
    orders: 0,
    revenueMinor: 0,
  };
  entry.sales.set(currency ?? '', {
    orders: orders + 1,
    revenueMinor: revenueMinor + (effect?.revenueMinor ?? 0),
  });
}
