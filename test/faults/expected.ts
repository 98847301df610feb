import type { CleanEvent } from '../../services/shared/domain/event';
import { coordinatesText } from '../../services/shared/domain/event-row';
import type { JudgedEvent, Verdict } from '../../services/shared/domain/outcome';
import type { Tenant } from '../../services/shared/domain/tenant';
import { judgeTraffic, trafficRules } from '../../services/shared/domain/traffic-rules';
import { currentWeightsVersion } from '../../services/shared/domain/weights';
import { groupedBy } from '../support/oracle/sessions';
import type { Accepted } from './auditor';
import type { Decided } from './decisions';

/** A row of the ledger as it was found. */
export interface FoundRow {
  readonly outcome: string;
  readonly reason: string;
}

export interface Expected {
  /** Differences between the ledger and what the accepted records demand, a sentence each. */
  readonly faults: readonly string[];
  /** Records without a row, and message ids nobody holds. */
  readonly lost: number;
  /** Message ids that took effect more than once. */
  readonly doubled: number;
  /** The records that take effect, as the cleaner must have judged them. */
  readonly facts: readonly JudgedEvent[];
  /** Those that took effect first and were taken back. */
  readonly retracted: readonly JudgedEvent[];
  /** Those whose rows ClickHouse refused: in tags and profiles, and in no window. */
  readonly unwritten: readonly JudgedEvent[];
}

type Lists = [JudgedEvent[], JudgedEvent[], JudgedEvent[]];

interface Circumstances {
  readonly tenant: Tenant;
  /** Names of events whose rows ClickHouse was told to refuse. */
  readonly refused: readonly string[];
  readonly decided: Decided;
}

const duplicate = 'duplicate/same_message';
const collision = 'collision/message_id_reused';

/**
 * Judges accepted records by the domain's rules and nothing else. Which of several copies comes first
 * is anybody's guess, so the copy that holds its message id is taken from the ledger: there must be
 * exactly one, rightly judged, and every other copy must be judged against it.
 */
export function expectedOf(
  accepted: readonly Accepted[],
  rows: ReadonlyMap<string, FoundRow>,
  { tenant, refused, decided }: Circumstances,
): Expected {
  const faults: string[] = [];
  const [facts, retracted, unwritten] = [0, 0, 0].map((): JudgedEvent[] => []) as Lists;
  let [lost, doubled] = [0, 0];
  const found = ({ source }: Accepted) => {
    const row = rows.get(coordinatesText(source));
    return row === undefined ? 'nothing' : `${row.outcome}/${row.reason}`;
  };
  const expect = (record: Accepted, wanted: string) => {
    const is = found(record);
    if (is === 'nothing') lost += 1;
    if (is === wanted) return;
    const { event, source } = record;
    faults.push(`${event.messageId} at ${coordinatesText(source)} is ${is}, not ${wanted}`);
  };
  const invalid = accepted.filter(({ event }) => event.invalid !== null);
  for (const record of invalid) expect(record, `dead/${record.event.invalid?.reason}`);
  const valid = accepted.filter(({ event }) => event.invalid === null);
  for (const [id, copies] of groupedBy(valid, ({ event }) => event.messageId)) {
    const holders = copies.filter((one) => ![duplicate, collision, 'nothing'].includes(found(one)));
    const [holder] = holders;
    if (holder === undefined) lost += 1;
    if (holders.length > 1) doubled += 1;
    if (holder === undefined || holders.length > 1) {
      faults.push(`${id} takes effect ${holders.length} times among ${copies.length} copies`);
      continue;
    }
    const verdict = verdictOn(holder.event, tenant, refused);
    const last = verdict === 'counted/clean' ? (decided.get(id) ?? verdict) : verdict;
    expect(holder, last);
    if (last.startsWith('counted')) facts.push(asFact(holder));
    else if (last !== verdict) retracted.push(asFact(holder));
    else if (last === 'dead/row_refused') unwritten.push(asFact(holder));
    for (const copy of copies) {
      if (copy === holder) continue;
      const same = copy.event.contentHash === holder.event.contentHash;
      expect(copy, same ? duplicate : collision);
    }
  }
  return { faults, lost, doubled, facts, retracted, unwritten };
}

function verdictOn(event: CleanEvent, tenant: Tenant, refused: readonly string[]): string {
  if (refused.includes(event.name)) return 'dead/row_refused';
  const verdict: Verdict | undefined = judgeTraffic(trafficRules, event, tenant)?.verdict;
  return verdict === undefined ? 'counted/clean' : `${verdict.outcome}/${verdict.reason}`;
}

function asFact({ source, appendedAt, event }: Accepted): JudgedEvent {
  return {
    source,
    appendedAt,
    outcome: 'counted',
    reason: 'clean',
    evidence: '',
    version: 0,
    firstCounted: true,
    weightsVersion: currentWeightsVersion,
    heldBy: null,
    decision: null,
    event,
    undecoded: null,
  };
}
