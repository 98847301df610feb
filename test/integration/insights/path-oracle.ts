import type { CleanEvent } from '../../../services/shared/domain/event';
import { ordersOf } from '../../support/oracle/channels';
import { groupedBy, type Session, sessionsOf } from '../../support/oracle/sessions';

/** Conversions, revenue and nulls by `path | currency | ages`. */
export type ExpectedPaths = ReadonlyMap<string, readonly [number, number, number]>;

/** Paths by their definition, one user and one order at a time, over all facts. */
export function expectedPaths(facts: readonly CleanEvent[], lookBackMs: number): ExpectedPaths {
  const orders = ordersOf(facts);
  const paths = new Map<string, [number, number, number]>();
  const count = (key: string, at: 0 | 1 | 2, by: number) => {
    const known = paths.get(key) ?? [0, 0, 0];
    known[at] += by;
    paths.set(key, known);
  };
  for (const visits of groupedBy(sessionsOf(facts), ({ user }) => user).values()) {
    visits.sort((a, b) => a.start - b.start);
    const bought = visits.flatMap((visit) =>
      visit.events.filter((event) => orders.has(event)).map((event) => ({ visit, event })),
    );
    if (bought.length === 0) count(pathKey(visits, '', []), 2, 1);
    for (const { visit, event } of bought) {
      const touches = touchesOf(visits, visit, { at: event.eventAt, lookBackMs });
      const ages = touches.map(({ start }) => event.eventAt - start);
      const isMixed = new Set(touches.map(({ channel }) => channel)).size > 1;
      const key = pathKey(touches, event.currency ?? '', isMixed ? ages : []);
      count(key, 0, 1);
      count(key, 1, event.effect?.revenueMinor ?? 0);
    }
  }
  return paths;
}

function touchesOf(
  visits: readonly Session[],
  own: Session,
  { at, lookBackMs }: { at: number; lookBackMs: number },
): readonly Session[] {
  const touches = visits.filter(({ start }) => start <= at && start >= at - lookBackMs);
  return touches.length === 0 ? [own] : touches;
}

function pathKey(
  visits: readonly Pick<Session, 'channel'>[],
  currency: string,
  ages: readonly number[],
): string {
  return `${visits.map(({ channel }) => channel).join(' > ')} | ${currency} | ${ages.join()}`;
}
