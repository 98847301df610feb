import { passDecision } from '../../services/cleaner/review';
import type { CleanEvent } from '../../services/shared/domain/event';
import { coordinatesText, type EventRow, eventRow } from '../../services/shared/domain/event-row';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import { contentPrint } from '../../services/shared/domain/settle';
import { trafficRules } from '../../services/shared/domain/traffic-rules';
import type { SourceRecord } from '../../services/shared/runtime/stage';
import { rawKeys } from '../../services/shared/runtime/topics';
import { decide } from '../support/decide';
import { groupedBy } from '../support/oracle/sessions';
import type { Servers } from './services';

/** What a record must have come to, under its coordinates. */
export interface Fate {
  readonly source: string;
  /** Outcome and reason without decisions; null where none may be (a decision). */
  readonly first: string;
  /** `outcome/reason version` in the end. */
  readonly last: string;
  readonly judged: JudgedEvent;
}

export interface Expected {
  readonly fates: ReadonlyMap<string, Fate>;
  readonly differences: readonly string[];
}

/** The first verdict that was published of each coordinate, as `outcome/reason`. */
export type FirstVerdicts = ReadonlyMap<string, string>;

/**
 * What must come of the records and decisions in the log, whatever happened on the way. Of the copies
 * of a message any may be the first; which of them it was is taken from what was published, and must
 * then be true of all.
 */
export function expectedOf(servers: Servers, published: FirstVerdicts): Expected {
  const { topics, log, codecs, tenants } = servers;
  const law = { tenants, rules: trafficRules, weightsVersion: 1 };
  const differences: string[] = [];
  const fates = new Map<string, Fate>();
  const settle = (judged: JudgedEvent, { outcome, reason } = judged as Verdict) => {
    const source = coordinatesText(judged.source);
    const first = `${outcome}/${reason}`;
    fates.set(source, { source, first, last: `${first} 0`, judged });
  };
  const raw = rawKeys.flatMap((key) => log.all(topics[key]));
  const decided = raw.map((record) => decide(record, codecs.raw.decode, law));
  for (const one of decided) if (!one.claims) settle(one.judged);
  const claiming = decided.flatMap((one) => (one.claims ? [one.judged] : []));
  for (const copies of groupedBy(claiming, messageOf).values()) {
    const holders = copies.filter((one) => mayHold(one, published));
    if (holders.length !== 1) {
      differences.push(
        `${holders.length} of ${copies.map(nameOf)} hold ${messageOf(copies[0] as Claiming)}`,
      );
    }
    const holder = holders[0] ?? (copies[0] as Claiming);
    for (const copy of copies) settle(copy, verdictOn(copy, holder, published));
  }
  decideOn(fates, log.all(topics.review), servers);
  return { fates, differences };
}

type Verdict = Pick<JudgedEvent, 'outcome' | 'reason'>;
type Claiming = JudgedEvent & { readonly event: CleanEvent };

/** What an id is claimed by: ids are kept by the client's day, and on another day are other ids. */
function messageOf({ event }: Claiming): string {
  const { tenant, messageId, originalAt } = event;
  const day = originalAt === null ? 'none' : new Date(originalAt).toISOString().slice(0, 10);
  return `${tenant}/${day}/${messageId}`;
}

function nameOf({ source }: Claiming): string {
  return coordinatesText(source);
}

/** Rules may have changed on the way: a verdict by those of today, or by none. */
function mayHold(judged: Claiming, published: FirstVerdicts): boolean {
  const verdict = published.get(coordinatesText(judged.source));
  return verdict === 'counted/clean' || verdict === `${judged.outcome}/${judged.reason}`;
}

function verdictOn(copy: Claiming, holder: Claiming, published: FirstVerdicts): Verdict {
  if (copy === holder) {
    const isCounted = published.get(coordinatesText(copy.source)) === 'counted/clean';
    return isCounted ? { outcome: 'counted', reason: 'clean' } : copy;
  }
  const isSame = contentPrint(copy.event.contentHash) === contentPrint(holder.event.contentHash);
  if (isSame) return { outcome: 'duplicate', reason: 'same_message' };
  return { outcome: 'collision', reason: 'message_id_reused' };
}

/** Applies the decision of the highest version; what is none is a dead letter of its own. */
function decideOn(
  fates: Map<string, Fate>,
  review: readonly SourceRecord[],
  { codecs }: Servers,
): void {
  const highest = new Map<string, number>();
  for (const record of review) {
    const { judged } = passDecision(record, codecs.judged.decode(record.value));
    const source = coordinatesText(judged.source);
    const verdict = `${judged.outcome}/${judged.reason}`;
    const last = `${verdict} ${judged.version}`;
    const fate = fates.get(source);
    if (fate === undefined) fates.set(source, { source, first: verdict, last, judged });
    else if (judged.version > (highest.get(source) ?? 0)) {
      highest.set(source, judged.version);
      fates.set(source, { ...fate, last });
    }
  }
}

/** The rows that must be counted in the end, by what their records say. */
export function factRows({ fates }: Expected): readonly EventRow[] {
  return facts(fates).map(({ judged }) => ({
    ...eventRow(judged, Buffer.alloc(0)),
    outcome: 'counted',
  }));
}

export function factEvents({ fates }: Expected): readonly CleanEvent[] {
  return facts(fates).flatMap(({ judged }) => (judged.event === null ? [] : [judged.event]));
}

function facts(fates: ReadonlyMap<string, Fate>): readonly Fate[] {
  return [...fates.values()].filter(({ last }) => last.startsWith('counted/'));
}
