import { type CountedState, stateDecided } from './application';
import { amountText } from './decimal';
import { type Coordinates, type Event, userIds } from './event';
import type { JudgedEvent } from './outcome';
import type { OrderOutlier } from './tenant';
import { cut } from './text';

/** Whose counted orders are remembered: a shop's (affiliation; '' for the tenant's own) or a user's. */
export interface OrderSubject {
  readonly tenant: string;
  readonly kind: 'shop' | 'user';
  readonly id: string;
}

/** What a completed order was worth. */
export interface OrderAmount {
  readonly currency: string;
  readonly amountMinor: number;
}

/** Counted orders of one subject in one currency. */
export interface OrderHistory {
  readonly subject: OrderSubject;
  readonly orders: number;
  readonly sumMinor: number;
}

/** What was on record when an order was judged. */
export interface OrdersKnown {
  readonly histories: readonly OrderHistory[];
  /** The evidence an earlier delivery of the same record was held on: the means have moved since. */
  readonly found: string | null;
}

export const nothingKnown: OrdersKnown = { histories: [], found: null };

/** What one record does to the history of one subject. Its identity is that of an application to tags:
 *  (subject, source) for an original, for a decision also the version. */
export interface OrderApplication extends OrderAmount {
  readonly subject: OrderSubject;
  readonly source: Coordinates;
  readonly decision: {
    readonly version: number;
    readonly target: CountedState;
    readonly first: CountedState;
  } | null;
}

/** The amount of a completed order; null for other events, and for orders that name none. */
export function orderAmount(
  event: Pick<Event, 'type' | 'effect' | 'currency'>,
): OrderAmount | null {
  const amountMinor = event.effect?.revenueMinor ?? null;
  if (event.type !== 'order_completed' || amountMinor === null || !event.currency) return null;
  return { currency: event.currency, amountMinor };
}

/** Names longer than this are one where they begin alike: they are keys. */
const longestShop = 200;

export function orderSubjects(
  event: Pick<Event, 'tenant' | 'shop' | 'anonymousId' | 'userId'>,
): readonly OrderSubject[] {
  const { tenant, shop } = event;
  const users = userIds(event).map((id) => ({ tenant, kind: 'user', id }) as const);
  return [{ tenant, kind: 'shop', id: cut(shop ?? '', longestShop) }, ...users];
}

/** What a judged record does to histories: a counted order adds itself, a decision on one adds what it
 *  changes, and everything else adds nothing. */
export function orderApplicationsOf(judged: JudgedEvent): readonly OrderApplication[] {
  const { event, source } = judged;
  const amount = event && orderAmount(event);
  const decision = stateDecided(judged);
  if (amount === null || event === null) return [];
  if (decision === null && judged.outcome !== 'counted') return [];
  return orderSubjects(event).map((subject) => ({ ...amount, subject, source, decision }));
}

/** On what evidence an order is out of all proportion: it is above `times` the mean of its shop's or
 *  its user's counted orders in its currency, of which there are at least `sample`. Null where it is
 *  not. A mean of nothing (a shop of free samples) says nothing of an amount. */
export function outlierEvidence(
  { currency, amountMinor }: OrderAmount,
  histories: readonly OrderHistory[],
  { times, sample }: OrderOutlier,
): string | null {
  if (times === 0 || sample === 0) return null;
  const exceeded = histories.filter(
    ({ orders, sumMinor }) =>
      orders >= sample && sumMinor > 0 && amountMinor * orders > times * sumMinor,
  );
  if (exceeded.length === 0) return null;
  const means = exceeded.map((history) => meanText(history, { currency, amountMinor }));
  return `${amountText(amountMinor, currency)} ${currency} is ${means.join(', and ')}`;
}

const longestName = 60;

function meanText(
  { subject, orders, sumMinor }: OrderHistory,
  { currency, amountMinor }: OrderAmount,
): string {
  const mean = amountText(Math.round(sumMinor / orders), currency);
  const ratio = ((amountMinor * orders) / sumMinor).toFixed(1);
  return `${ratio} times the mean of ${mean} of the ${orders} counted orders of ${nameOf(subject)}`;
}

function nameOf({ kind, id }: OrderSubject): string {
  return kind === 'shop' && id === '' ? 'the shop' : `${kind} '${cut(id, longestName)}'`;
}

/** On what a record's order is held, by the coordinates of the record. */
export interface OrderFinding {
  readonly tenant: string;
  readonly source: Coordinates;
  readonly evidence: string;
}
