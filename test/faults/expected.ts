import type { CleanEvent } from '../../services/shared/domain/event';
import { coordinatesText } from '../../services/shared/domain/event-row';
import { orderAmount } from '../../services/shared/domain/order-history';
import type { JudgedEvent, Verdict } from '../../services/shared/domain/outcome';
import { judgesOrders, type Tenant } from '../../services/shared/domain/tenant';
import { judgeTraffic, trafficRules } from '../../services/shared/domain/traffic-rules';
import { currentWeightsVersion } from '../../services/shared/domain/weights';
import { groupedBy } from '../support/oracle/sessions';
import type { Accepted, Audit } from './auditor';

export interface Expected {
  /** Differences between the ledger and what the accepted records demand, a sentence each. */
  readonly faults: readonly string[];
  /** Records without a row, and message ids nobody holds. */
  readonly lost: number;
  /** Message ids that took effect more than once. */
  readonly doubled: number;
  /** `outcome/reason` of every record in the end, by its coordinates. */
  readonly ledger: ReadonlyMap<string, string>;
  /** The records that take effect. */
  readonly facts: readonly JudgedEvent[];
  /** Those that took effect once and were taken back. */
  readonly retracted: readonly JudgedEvent[];
  /** Those whose rows ClickHouse refused: in tags and profiles, and in no window. */
  readonly unwritten: readonly JudgedEvent[];
}

interface Circumstances {
  readonly tenant: Tenant;
  /** Names of events whose rows ClickHouse was told to refuse. */
  readonly refused: readonly string[];
}

const duplicate = 'duplicate/same_message';
const collision = 'collision/message_id_reused';
const outlier = 'held/order_outlier';
const unwritable = 'dead/row_refused';

/**
 * Judges accepted records by the domain's rules, applies to each the last decision there is of it, and
 * compares with `rows` (`outcome/reason` by coordinates). Which of several copies comes first, and
 * which orders the means of the moment hold, is anybody's guess: the copy that holds its message id is
 * taken from the first verdicts. There must be exactly one, rightly judged, and every other copy must
 * be judged against it.
 */
export function expectedOf(
  audit: Audit,
  rows: ReadonlyMap<string, string>,
  { tenant, refused }: Circumstances,
): Expected {
  const book = openBook(audit, rows);
  const { accepted } = audit;
  const invalid = accepted.filter(({ event }) => event.invalid !== null);
  for (const record of invalid) book.expect(record, `dead/${record.event.invalid?.reason}`);
  const valid = accepted.filter(({ event }) => event.invalid === null);
  for (const [id, copies] of groupedBy(valid, ({ event }) => event.messageId)) {
    const holder = book.holderOf(id, copies);
    if (holder === null) continue;
    const isRefused = ({ event }: Accepted) => refused.includes(event.name);
    book.expect(holder, verdictOn(holder.event, tenant, book.firstOf(holder)), isRefused(holder));
    for (const copy of copies) {
      if (copy === holder) continue;
      const same = copy.event.contentHash === holder.event.contentHash;
      book.expect(copy, same ? duplicate : collision, isRefused(copy));
    }
  }
  return book;
}

/** What is found, record by record. */
function openBook({ first, decisions }: Audit, rows: ReadonlyMap<string, string>) {
  const faults: string[] = [];
  const ledger = new Map<string, string>();
  const [facts, retracted, unwritten]: [JudgedEvent[], JudgedEvent[], JudgedEvent[]] = [[], [], []];
  const firstOf = ({ source }: Accepted) => first.get(coordinatesText(source)) ?? 'nothing';
  const book = {
    ...{ faults, ledger, facts, retracted, unwritten, firstOf },
    lost: 0,
    doubled: 0,
    holderOf(id: string, copies: readonly Accepted[]): Accepted | null {
      const isHolder = (one: Accepted) => ![duplicate, collision, 'nothing'].includes(firstOf(one));
      const [holder, ...others] = copies.filter(isHolder);
      if (holder === undefined) book.lost += 1;
      if (others.length > 0) book.doubled += 1;
      if (holder !== undefined && others.length === 0) return holder;
      const times = holder === undefined ? 0 : 1 + others.length;
      faults.push(`${id} takes effect ${times} times among ${copies.length} copies`);
      return null;
    },
    /** The first verdict must be `wanted`, and the row what was made of it. */
    expect(record: Accepted, wanted: string, isRefused = false): void {
      const place = coordinatesText(record.source);
      const told = (what: string) => faults.push(`${record.event.messageId} at ${place} ${what}`);
      const judged = firstOf(record);
      if (judged !== wanted) told(`was judged ${judged}, not ${wanted}`);
      const decided = (decisions.get(place) ?? []).map((one) => `${one.outcome}/${one.reason}`);
      const last = decided.at(-1) ?? (isRefused ? unwritable : wanted);
      const row = rows.get(place) ?? 'nothing';
      if (row === 'nothing') book.lost += 1;
      if (row !== last) told(`is ${row}, not ${last}`);
      ledger.set(place, last);
      if (last === unwritable && isCounted(wanted)) unwritten.push(asFact(record));
      else if (isCounted(last)) facts.push(asFact(record));
      else if ([wanted, ...decided].some(isCounted)) retracted.push(asFact(record));
    },
  };
  return book;
}

const isCounted = (verdict: string) => verdict.startsWith('counted/');

function verdictOn(event: CleanEvent, tenant: Tenant, first: string): string {
  const verdict: Verdict | undefined = judgeTraffic(trafficRules, event, tenant)?.verdict;
  if (verdict !== undefined) return `${verdict.outcome}/${verdict.reason}`;
  const mayBeHeld = judgesOrders(tenant) && orderAmount(event) !== null;
  return mayBeHeld && first === outlier ? outlier : 'counted/clean';
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
