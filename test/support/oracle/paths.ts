import type { PathInCurrency } from '../../../services/shared/domain/attribution-report';
import type { CleanEvent } from '../../../services/shared/domain/event';
import { ordersOf } from './channels';
import { groupedBy, type Session, sessionsOf } from './sessions';

/**
 * The paths of all orders and of all users without one, for a tenant whose days are UTC: the channels
 * of a user's sessions that started in the look-back up to an order, or of all of them. One entry an
 * order or a user, in no order; ages are those of the touches.
 */
export function pathsOf(
  facts: readonly CleanEvent[],
  lookBackMs: number,
): readonly PathInCurrency[] {
  const orders = ordersOf(facts);
  const byUser = groupedBy(sessionsOf(facts), ({ user }) => user);
  return [...byUser.values()].flatMap((sessions) => {
    const visits = [...sessions].sort(byStart);
    const bought = visits.flatMap(({ events, channel }) =>
      events.filter((one) => orders.has(one)).map((order) => ({ order, channel })),
    );
    if (bought.length === 0) return [nothingBought(visits)];
    return bought.map((one) => pathTo(one, visits, lookBackMs));
  });
}

function nothingBought(visits: readonly Session[]): PathInCurrency {
  const path = visits.map(({ channel }) => channel);
  return { path, conversions: 0, revenueMinor: 0, nulls: 1, agesMs: [], currency: '' };
}

function pathTo(
  { order, channel }: { readonly order: CleanEvent; readonly channel: string },
  visits: readonly Session[],
  lookBackMs: number,
): PathInCurrency {
  const at = order.eventAt;
  const touches = visits.filter(({ start }) => start <= at && start >= at - lookBackMs);
  return {
    path: touches.length === 0 ? [channel] : touches.map((touch) => touch.channel),
    agesMs: touches.length === 0 ? [0] : touches.map(({ start }) => at - start),
    ...{ conversions: 1, nulls: 0 },
    revenueMinor: order.effect?.revenueMinor ?? 0,
    currency: order.currency ?? '',
  };
}

/** Sessions that start together stand in the order of their ids. */
function byStart(one: Session, other: Session): number {
  const idOf = ({ events }: Session) => events[0]?.sessionId ?? '';
  return one.start - other.start || (idOf(one) < idOf(other) ? -1 : 1);
}
