import { type Application, applicationsOf } from './application';
import { type OrderApplication, type OrderFinding, orderApplicationsOf } from './order-history';
import type { JudgedEvent, Verdict } from './outcome';
import { type Claim, claimOf } from './settle';

/** What a record did to tags and profiles. */
export function applicationsOfRow(judged: JudgedEvent): readonly Application[] {
  return stepsOf(judged).flatMap(applicationsOf);
}

/** What it did to the orders that are remembered of shops and users. */
export function ordersOfRow(judged: JudgedEvent): readonly OrderApplication[] {
  return stepsOf(judged).flatMap(orderApplicationsOf);
}

/** What took effect of a record, from the row it ended as: the original, where that counted, and the
 *  last decision on it. Decisions between the two sum to nothing. */
function stepsOf(judged: JudgedEvent): readonly JudgedEvent[] {
  if (judged.version === 0) return judged.outcome === 'counted' ? [judged] : [];
  if (!judged.firstCounted) return [judged];
  return [{ ...judged, ...counted, version: 0, decision: null }, judged];
}

/** The claim that a record has on its message id; null where it has none: a duplicate and a collision
 *  claim nothing, nor does what could not be decided on. */
export function claimOfRow(judged: JudgedEvent): Claim | null {
  const { event, outcome, heldBy } = judged;
  if (event === null || heldBy !== null || outcome === 'dead' || outcome === 'erased') return null;
  return claimOf({ ...judged, ...firstVerdict(judged), event });
}

/** The evidence that a record is held on, where that is looked up by a redelivery; else null. */
export function findingOfRow({
  reason,
  event,
  source,
  evidence,
}: JudgedEvent): OrderFinding | null {
  if (reason !== 'order_outlier' || event === null) return null;
  return { tenant: event.tenant, source, evidence };
}

const counted: Verdict = { outcome: 'counted', reason: 'clean' };
const held: Verdict = { outcome: 'held', reason: 'rule' };

/** As the cleaner first decided. Of a record that did not count and was decided on since, the row no
 *  longer says which rule it was; nothing depends on it but the words of a redelivery. */
function firstVerdict({ version, outcome, reason, firstCounted }: JudgedEvent): Verdict {
  if (version === 0) return { outcome, reason };
  return firstCounted ? counted : held;
}
