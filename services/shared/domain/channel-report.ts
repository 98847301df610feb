/** What one channel did in one currency, as it is read: sessions and users stand under '' or under
 *  the tenant's own currency. */
export interface ChannelPart {
  /** Milliseconds UTC; null where all is one row. */
  readonly start: number | null;
  readonly channel: string;
  /** '' for what has no currency. */
  readonly currency: string;
  readonly sessions: number;
  readonly users: number;
  readonly orders: number;
  readonly revenueMinor: number;
  /** The clock of the ClickHouse server in nanoseconds, in decimal, when its facts were read. */
  readonly version: string;
}

export interface ChannelReport {
  readonly parts: readonly ChannelPart[];
  /** Some of it stands in windows that could not be recomputed. */
  readonly stale: boolean;
}

export interface ChannelRow extends Omit<ChannelPart, 'sessions' | 'users'> {
  readonly sessions: number | null;
  readonly users: number | null;
}

/** One row a channel in the tenant's currency, whatever it sold in; then, since two currencies are
 *  never added up, one for each other currency it sold in, which has no sessions of its own. */
export function channelRows(
  parts: readonly ChannelPart[],
  currency: string,
): readonly ChannelRow[] {
  const rows = new Map<string, { own: ChannelPart; others: ChannelRow[] }>();
  for (const part of parts) {
    const { start, channel } = part;
    const key = `${start}/${channel}`;
    const empty = { sessions: 0, users: 0, orders: 0, revenueMinor: 0 };
    const row = rows.get(key) ?? { own: { ...part, ...empty, currency }, others: [] };
    rows.set(key, row);
    if (part.currency === '' || part.currency === currency) row.own = sum(row.own, part);
    else row.others.push({ ...part, sessions: null, users: null });
  }
  return [...rows.values()].flatMap(({ own, others }) => [own, ...others]);
}

function sum(own: ChannelPart, part: ChannelPart): ChannelPart {
  return {
    ...own,
    sessions: own.sessions + part.sessions,
    users: own.users + part.users,
    orders: own.orders + part.orders,
    revenueMinor: own.revenueMinor + part.revenueMinor,
  };
}
