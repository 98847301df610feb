import type { Event } from '../shared/domain/event';
import type { JudgedEvent } from '../shared/domain/outcome';
import { type Claim, claimOf, type Recorded, settle } from '../shared/domain/settle';
import type { Codec } from '../shared/runtime/codec';
import type { Metrics } from '../shared/runtime/metrics';
import type { Stage } from '../shared/runtime/stage';
import type { StepTimer } from '../shared/runtime/steps';
import { type Decided, decide, fitting, type Lawbook } from './decide';
import { type OutcomePublisher, publishOutcomes } from './publish';
import { passDecision } from './review';

/** README.md says what happens when a server is down. */
export interface CleanerDeps extends OutcomePublisher {
  readonly raw: Pick<Codec<Event>, 'prepare' | 'decode'>;
  readonly review: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly claims: Claims;
  readonly law: Lawbook;
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
  const { raw, review, claims, law, timed, metrics } = deps;
  return async function clean(batch) {
    const areDecisions = batch.topic === deps.topics.review;
    const codec = areDecisions ? review : raw;
    await timed('prepare', () => codec.prepare(batch.records.map(({ value }) => value)));
    const decided = await timed('decide', () =>
      batch.records.map((record) =>
        areDecisions
          ? passDecision(record, review.decode(record.value))
          : fitting(record, decide(record, raw.decode, law), deps.encode),
      ),
    );
    const recorded = await timed('claim', () => claims.claim(wantedClaims(decided)));
    const outcomes = settleAll(decided, recorded);
    await timed('publish', () => publishOutcomes(batch, outcomes, deps));
    countOutcomes(outcomes, metrics);
  };
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
