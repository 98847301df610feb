import type { Coordinates } from '../shared/domain/event';
import {
  nothingKnown,
  type OrderApplication,
  type OrderFinding,
  type OrderSubject,
  type OrdersKnown,
  orderAmount,
  orderApplicationsOf,
  orderSubjects,
} from '../shared/domain/order-history';
import type { JudgedEvent } from '../shared/domain/outcome';
import { judgesOrders } from '../shared/domain/tenant';
import type { Decided, Lawbook, Sound } from './decide';

/** What is asked about an order before it is judged. */
export interface OrderQuestion {
  readonly tenant: string;
  readonly source: Coordinates;
  readonly currency: string;
  readonly subjects: readonly OrderSubject[];
}

/** What is remembered of orders. Each call is idempotent by itself, so a batch may end between any two
 *  of them and be delivered again. */
export interface OrderMemory {
  /** Counted orders of the subjects, and what was found on this record before; in order. */
  read(questions: readonly OrderQuestion[]): Promise<readonly OrdersKnown[]>;
  /** Keeps findings by the coordinates of their records, and answers with what is kept of each: what
   *  an earlier delivery found, where there was one. */
  keep(findings: readonly OrderFinding[]): Promise<readonly string[]>;
  /** Adds counted orders, and what decisions change; each once, by coordinates and version. Those of
   *  one source partition must come in the order of their offsets. */
  add(applications: readonly OrderApplication[]): Promise<void>;
}

/** What is known about each sound event's order; asks only where the tenant judges such orders. */
export async function ordersKnown(
  sound: readonly (Sound | null)[],
  { importTopic, memory }: { readonly importTopic: string; readonly memory: OrderMemory },
): Promise<readonly OrdersKnown[]> {
  const questions = sound.map((one) => one && questionOf(one, importTopic));
  const asked = questions.filter((question) => question !== null);
  if (asked.length === 0) return sound.map(() => nothingKnown);
  const answers = (await memory.read(asked))[Symbol.iterator]();
  return questions.map((question) =>
    question === null ? nothingKnown : (answers.next().value ?? nothingKnown),
  );
}

function questionOf({ record, event, tenant }: Sound, importTopic: string): OrderQuestion | null {
  const { topic, partition, offset } = record;
  if (!judgesOrders(tenant)) return null;
  if (topic === importTopic && !tenant.orderOutlier.imports) return null;
  const amount = orderAmount(event);
  if (amount === null) return null;
  const source = { topic, partition, offset };
  const subjects = orderSubjects(event);
  return { tenant: tenant.name, source, currency: amount.currency, subjects };
}

/** The verdicts with the evidence that is kept for them, so that a redelivery, when the means have
 *  moved, says the same. Kept before the claim: a claim without its evidence could not be explained. */
export async function withKeptEvidence(
  decided: readonly Decided[],
  memory: Pick<OrderMemory, 'keep'>,
): Promise<readonly Decided[]> {
  const held = decided.filter(({ judged }) => judged.reason === 'order_outlier');
  if (held.length === 0) return decided;
  const findings = held.map(({ judged: { event, source, evidence } }) => ({
    ...{ tenant: event?.tenant ?? '', source, evidence },
  }));
  const kept = await memory.keep(findings);
  return decided.map((one) => {
    const evidence = kept[held.indexOf(one)];
    return evidence === undefined ? one : withEvidence(one, evidence);
  });
}

function withEvidence(decided: Decided, evidence: string): Decided {
  return decided.claims
    ? { claims: true, judged: { ...decided.judged, evidence } }
    : { claims: false, judged: { ...decided.judged, evidence } };
}

/** Remembers the orders among these outcomes that count, and those that people decided on. */
export async function rememberOrders(
  outcomes: readonly JudgedEvent[],
  { tenants }: Pick<Lawbook, 'tenants'>,
  memory: Pick<OrderMemory, 'add'>,
): Promise<void> {
  const applications = outcomes.flatMap((judged) => {
    const tenant = tenants.get(judged.event?.tenant ?? '');
    return tenant !== undefined && judgesOrders(tenant) ? orderApplicationsOf(judged) : [];
  });
  if (applications.length > 0) await memory.add(applications);
}
