import type { Event } from '../shared/domain/event';
import { nothingKnown } from '../shared/domain/order-history';
import type { JudgedEvent } from '../shared/domain/outcome';
import { type Claim, claimOf, type Recorded, settle } from '../shared/domain/settle';
import type { Codec } from '../shared/runtime/codec';
import type { Metrics } from '../shared/runtime/metrics';
import type { RecordBatch, SourceRecord, Stage } from '../shared/runtime/stage';
import type { StepTimer } from '../shared/runtime/steps';
import { rawKeys } from '../shared/runtime/topics';
import type { Breaker } from './breaker';
import { type Decided, fitting, judge, type Lawbook, open } from './decide';
import { type OrderMemory, ordersKnown, rememberOrders, withKeptEvidence } from './orders';
import { type OutcomePublisher, publishOutcomes } from './publish';
import { passDecision, resentOf } from './review';

/** README.md says what happens when a server is down. */
export interface CleanerDeps extends OutcomePublisher {
  readonly raw: Pick<Codec<Event>, 'prepare' | 'decode'>;
  readonly review: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly claims: Claims;
  readonly orders: OrderMemory;
  readonly law: Lawbook;
  readonly breaker: Breaker;
  readonly timed: StepTimer;
  readonly metrics: Pick<Metrics, 'count'>;
}

export interface Claims {
  /** Claims message ids for their records and answers with what is on record for each, in order: an
   *  earlier delivery's claim where this is a repeat. Idempotent by (id, coordinates). */
  claim(wanted: readonly Claim[]): Promise<readonly Recorded[]>;
}

/** Raw records and decisions in, one judged event out for each. The consumer commits after this
 *  resolves, so what is not out yet is delivered again: as its claim says, not as a duplicate. */
export function createCleanerStage(deps: CleanerDeps): Stage {
  const { claims, orders, law, timed, metrics } = deps;
  return async function clean(batch) {
    const decided = await decideAll(batch, deps);
    const passed = deps.breaker.check(
      batch,
      decided.map(({ judged }) => judged),
    );
    const recorded = await timed('claim', () => claims.claim(wantedClaims(decided)));
    const outcomes = settleAll(decided, recorded);
    await timed('remember', () => rememberOrders(outcomes, law, orders));
    await timed('publish', () => publishOutcomes(batch, outcomes, deps));
    passed();
    countOutcomes(outcomes, metrics);
  };
}

/** The verdict on each record, before anybody looked whether its message is known. */
async function decideAll(batch: RecordBatch, deps: CleanerDeps): Promise<readonly Decided[]> {
  const { raw, review, timed, topics } = deps;
  const { records } = batch;
  const areDecisions = batch.topic === topics.review;
  const codec = areDecisions ? review : raw;
  await timed('prepare', () => codec.prepare(records.map(({ value }) => value)));
  if (!areDecisions) return judgeAll(records, deps);
  const sources = await resentAmong(batch, deps);
  const resent = sources.filter((source) => source !== null);
  const judged = (resent.length === 0 ? [] : await judgeAll(resent, deps))[Symbol.iterator]();
  return records.map((record, nth) =>
    sources[nth] === null
      ? passDecision(record, review.decode(record.value))
      : (judged.next().value as Decided),
  );
}

async function judgeAll(
  records: readonly SourceRecord[],
  { raw, orders, law, timed, topics, encode }: CleanerDeps,
): Promise<readonly Decided[]> {
  const opened = await timed('open', () => records.map((record) => open(record, raw.decode, law)));
  const sound = opened.map((one) => ('judged' in one ? null : one));
  const context = { importTopic: topics.import, memory: orders };
  const known = await timed('recall', () => ordersKnown(sound, context));
  const decided = await timed('decide', () =>
    opened.map((one, nth) => {
      const verdict = 'judged' in one ? one : judge(one, known[nth] ?? nothingKnown, law);
      return fitting(records[nth] as SourceRecord, verdict, encode);
    }),
  );
  return withKeptEvidence(decided, orders);
}

/** The raw records that a batch of the review topic hands on; null for decisions. */
async function resentAmong(
  { records }: RecordBatch,
  { raw, review, topics }: CleanerDeps,
): Promise<readonly (SourceRecord | null)[]> {
  const rawTopics = rawKeys.map((key) => topics[key]);
  const sources = records.map((record) => resentOf(record, review.decode(record.value), rawTopics));
  const values = sources.flatMap((source) => (source === null ? [] : [source.value]));
  if (values.length > 0) await raw.prepare(values);
  return sources;
}

function wantedClaims(decided: readonly Decided[]): readonly Claim[] {
  return decided.flatMap(({ claims, judged }) => (claims ? [claimOf(judged)] : []));
}

/** `recorded` answers the claims in their order; records that claim nothing stand as decided. */
function settleAll(
  decided: readonly Decided[],
  recorded: readonly Recorded[],
): readonly JudgedEvent[] {
  let answered = 0;
  return decided.map(({ claims, judged }) => {
    if (!claims) return judged;
    const answer = recorded[answered];
    answered += 1;
    if (answer === undefined) throw new Error('the claim store answered fewer claims than asked');
    return settle(judged, answer);
  });
}

function countOutcomes(outcomes: readonly JudgedEvent[], metrics: CleanerDeps['metrics']): void {
  const counts = new Map<string, number>();
  for (const { outcome, reason } of outcomes) {
    const label = `${outcome} ${reason}`;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  for (const [label, events] of counts) {
    const [outcome = '', reason = ''] = label.split(' ');
    metrics.count('tributary_events_total', { outcome, reason }, events);
  }
}
