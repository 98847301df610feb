import { type CleanEvent, userIds } from '../../../services/shared/domain/event';
import { type EventRow, eventRow } from '../../../services/shared/domain/event-row';
import { contributionsOf } from '../../../services/shared/domain/interest';
import { orderAmount, orderSubjects } from '../../../services/shared/domain/order-history';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import type { ExpectedTag } from '../oracle/tags';
import type { LogWords } from './log-reader';

/** What must stand in every store, given what the log says: of each record the last decision counts,
 *  and its first verdict where nobody decided. */
export interface Expected {
  /** Every version of every row. */
  readonly rows: readonly EventRow[];
  /** Records by `outcome/reason`. */
  readonly ledger: ReadonlyMap<string, number>;
  /** Stored weights by `tenant:id` and tag; a tag that was taken back altogether weighs nothing. */
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, ExpectedTag>>;
  /** Counted events by `tenant:id` and type. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** `[orders, minor units]` by `kind:id` and currency. */
  readonly orders: ReadonlyMap<string, ReadonlyMap<string, readonly [number, number]>>;
}

export function expectedOf({ first, decisions }: LogWords): Expected {
  const rows: EventRow[] = [];
  const ledger = new Map<string, number>();
  const tags = new Map<string, Map<string, ExpectedTag>>();
  const counts = new Map<string, Map<string, number>>();
  const orders = new Map<string, Map<string, readonly [number, number]>>();
  for (const [place, judged] of first) {
    const versions = [judged, ...(decisions.get(place) ?? [])];
    rows.push(...versions.map((version) => eventRow(version, Buffer.alloc(0))));
    const last = versions.at(-1) as JudgedEvent;
    bump(ledger, `${last.outcome}/${last.reason}`, 1);
    const tookEffect = versions.some(({ outcome }) => outcome === 'counted');
    if (!tookEffect || last.event === null) continue;
    const counted = last.outcome === 'counted' ? 1 : 0;
    addTags(tags, last.event, { counted, weightsVersion: last.weightsVersion });
    addCounts(counts, last.event, counted);
    addOrder(orders, last.event, counted);
  }
  return { rows, ledger, tags, counts, orders };
}

function addTags(
  tags: Map<string, Map<string, ExpectedTag>>,
  event: CleanEvent,
  { counted, weightsVersion }: { readonly counted: 0 | 1; readonly weightsVersion: number },
): void {
  for (const id of userIds(event)) {
    const ofUser = within(tags, `${event.tenant}:${id}`);
    for (const [tag, weight] of contributionsOf(event, weightsVersion)) {
      const sum = ofUser.get(tag) ?? { weight: 0, scale: 0 };
      const scale = sum.scale + Math.abs(weight);
      ofUser.set(tag, { weight: sum.weight + counted * weight, scale });
    }
  }
}

function addCounts(
  counts: Map<string, Map<string, number>>,
  event: CleanEvent,
  counted: 0 | 1,
): void {
  for (const id of userIds(event))
    bump(within(counts, `${event.tenant}:${id}`), event.type, counted);
}

function addOrder(
  orders: Map<string, Map<string, readonly [number, number]>>,
  event: CleanEvent,
  counted: 0 | 1,
): void {
  const amount = orderAmount(event);
  if (amount === null) return;
  for (const { kind, id } of orderSubjects(event)) {
    const ofSubject = within(orders, `${kind}:${id}`);
    const [number, sum] = ofSubject.get(amount.currency) ?? [0, 0];
    ofSubject.set(amount.currency, [number + counted, sum + counted * amount.amountMinor]);
  }
}

function bump(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function within<Key, Value>(maps: Map<Key, Map<string, Value>>, key: Key): Map<string, Value> {
  const known = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, known);
  return known;
}
