import type { CleanEvent, Event } from '../shared/domain/event';
import type { OrdersKnown } from '../shared/domain/order-history';
import type { JudgedEvent, Verdict } from '../shared/domain/outcome';
import type { Refusal } from '../shared/domain/refusal';
import type { DecidedEvent } from '../shared/domain/settle';
import { noOrderOutlier, type Tenant } from '../shared/domain/tenant';
import { cut } from '../shared/domain/text';
import { type Finding, judgeTraffic, type TrafficRule } from '../shared/domain/traffic-rules';
import type { Decoded } from '../shared/runtime/codec';
import type { SourceRecord } from '../shared/runtime/stage';
import { completeEvent } from './complete-event';
import { faultOf } from './faults';

/** What a decision on a raw record depends on, beside the record. */
export interface Lawbook {
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly rules: readonly TrafficRule[];
  readonly weightsVersion: number;
}

/** A verdict before anybody looked whether the message is known. Only dead records have no event, or
 *  one that claims nothing. */
export type Decided =
  | { readonly claims: true; readonly judged: DecidedEvent }
  | { readonly claims: false; readonly judged: JudgedEvent };

/** Larger records do not fit into a message together with their verdict (the broker takes 1 MiB). */
export const largestRecordBytes = 900_000;
/** A record grows to three times its size at most when it is written again: where its texts are no
 *  UTF-8, each byte becomes U+FFFD. A dead letter has its bytes as well. */
const growsTo = 4;
const largestMessageBytes = 1_000_000;
const keptBytes = 65_536;
const evidenceLength = 300;

/** A raw record whose event is sound, and so is to be judged. */
export interface Sound {
  readonly record: SourceRecord;
  readonly event: CleanEvent;
  readonly tenant: Tenant;
}

/** What a raw record holds: a sound event, or the verdict that it is dead. A pure function of the record
 *  and the law. `decode` must know the record's schema already. */
export function open(
  record: SourceRecord,
  decode: (value: Buffer | null) => Decoded<Event>,
  law: Lawbook,
): Sound | Decided {
  if ((record.value?.length ?? 0) > largestRecordBytes) return tooLarge(record);
  const decoded = decode(record.value);
  if (!decoded.ok) {
    return undecodable(record, { reason: decoded.reason, message: decoded.message });
  }
  const tenant = law.tenants.get(decoded.value.tenant);
  if (tenant === undefined) {
    return dead(record, completeEvent(decoded.value, record, nobody), noSuchTenant(decoded.value));
  }
  const event = completeEvent(decoded.value, record, tenant);
  const fault = faultOf(event);
  return fault === null ? { record, event, tenant } : dead(record, event, fault);
}

/** The verdict on a sound event, given what is known of the orders before it. */
export function judge({ record, event, tenant }: Sound, known: OrdersKnown, law: Lawbook): Decided {
  const { verdict, evidence } = judgeTraffic(law.rules, event, tenant, known) ?? nothingAgainst;
  const judged = { ...judgedOf(record, verdict, evidence), weightsVersion: law.weightsVersion };
  return { claims: true, judged: { ...judged, event: cleaned(event) } };
}

/** The decision where the judged event fits into a message; else a dead letter of the bytes as they
 *  came, since no broker would take it and the partition would stand still behind it. */
export function fitting(
  record: SourceRecord,
  decided: Decided,
  encode: (judged: JudgedEvent) => Buffer,
): Decided {
  const surely = (record.value?.length ?? 0) * growsTo <= largestRecordBytes;
  if (surely || decided.judged.event === null) return decided;
  return encode(decided.judged).length <= largestMessageBytes ? decided : tooLarge(record);
}

const nothingAgainst: Finding = { verdict: { outcome: 'counted', reason: 'clean' }, evidence: '' };

/** Without what was only needed to judge it. */
function cleaned(event: CleanEvent): CleanEvent {
  return { ...event, ip: null, userAgent: null };
}

function dead(record: SourceRecord, event: CleanEvent, { reason, message }: Refusal): Decided {
  const judged = judgedOf(record, { outcome: 'dead', reason }, message);
  // As it came, to be sent again once the cause is mended; only its sender mends what was refused.
  const undecoded = event.invalid === null ? record.value : null;
  return { claims: false, judged: { ...judged, event: cleaned(event), undecoded } };
}

/** The dead letter of a record whose bytes are no record of the topic's schema. */
export function undecodable(record: SourceRecord, fault: Refusal): Decided {
  const judged = judgedOf(record, { outcome: 'dead', reason: fault.reason }, fault.message);
  return { claims: false, judged: { ...judged, undecoded: record.value } };
}

function tooLarge(record: SourceRecord): Decided {
  const value = record.value ?? Buffer.of();
  const message = `${value.length} bytes, of which the first ${keptBytes} are kept`;
  const kept = { ...record, value: value.subarray(0, keptBytes) };
  return undecodable(kept, { reason: 'too_large', message });
}

function noSuchTenant({ tenant }: Event): Refusal {
  return { reason: 'unknown_tenant', message: `no tenant is called '${cut(tenant, 64)}'` };
}

/** What an event whose tenant is unknown is completed with. */
const nobody: Tenant = {
  name: '',
  writeKeyHashes: [],
  ownDomains: [],
  timeZone: 'UTC',
  currency: 'USD',
  sourceCategories: new Map(),
  allowedAgents: [],
  allowedAddresses: [],
  orderOutlier: noOrderOutlier,
};

function judgedOf(record: SourceRecord, verdict: Verdict, evidence: string): JudgedEvent {
  const { topic, partition, offset, appendedAt } = record;
  return {
    source: { topic, partition, offset },
    appendedAt,
    ...verdict,
    evidence: cut(evidence, evidenceLength),
    version: 0,
    firstCounted: verdict.outcome === 'counted',
    weightsVersion: 1,
    heldBy: null,
    decision: null,
    event: null,
    undecoded: null,
  };
}
