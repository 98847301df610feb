import { type Static, Type } from '@sinclair/typebox';
import { amountText } from '../shared/domain/decimal';
import type { Decision, JudgedEvent } from '../shared/domain/outcome';
import { possibleWords } from '../shared/domain/review';
import { explanationOf, type ReviewedRecord } from '../shared/domain/stored-record';
import { amount, coordinates, isoTime, orNull, text, whole } from './answers';

const reviewedRecord = Type.Object({
  coordinates,
  tenant: Type.String(),
  messageId: Type.String(),
  outcome: Type.String(),
  reason: Type.String(),
  evidence: text('What the first verdict rests on.'),
  explanation: text('Outcome, reason and evidence as a sentence.'),
  version: whole('0 from the cleaner, higher for a decision.'),
  possible: Type.Array(Type.String(), { description: 'Decisions that make sense of it now.' }),
  type: Type.String(),
  name: Type.String(),
  anonymousId: orNull(Type.String()),
  userId: orNull(Type.String()),
  eventAt: Type.String(),
  receivedAt: Type.String(),
  appendedAt: Type.String(),
  order: orNull(
    Type.Object({
      orderId: orNull(Type.String()),
      shop: orNull(Type.String()),
      revenue: orNull(amount('What was paid')),
      currency: orNull(Type.String()),
    }),
  ),
  decision: orNull(
    Type.Object({ reviewer: Type.String(), note: Type.String(), decidedAt: Type.String() }),
  ),
});

export const queueAnswer = Type.Object({
  rows: Type.Array(reviewedRecord),
  next: orNull(text('Give it as `after` for the next page; null at the end.')),
});

/** The decision a record stands by; null where it stands as the cleaner judged it. */
export async function lastDecision(
  { version, record }: ReviewedRecord,
  read: (bytes: Buffer) => Promise<JudgedEvent>,
): Promise<Decision | null> {
  return version === 0 ? null : (await read(record)).decision;
}

export function shownRecord(
  row: ReviewedRecord,
  decision: Decision | null,
): Static<typeof reviewedRecord> {
  return {
    coordinates: row.source,
    tenant: row.tenant,
    messageId: row.messageId,
    outcome: row.outcome,
    reason: row.reason,
    evidence: row.evidence,
    explanation: explanationOf(row),
    version: row.version,
    possible: [...possibleWords(row.outcome)],
    type: row.type,
    name: row.name,
    anonymousId: row.anonymousId || null,
    userId: row.userId || null,
    eventAt: isoTime(row.eventAt),
    receivedAt: isoTime(row.receivedAt),
    appendedAt: isoTime(row.appendedAt),
    order: orderOf(row),
    decision: decision && {
      reviewer: decision.reviewer,
      note: decision.note,
      decidedAt: isoTime(decision.decidedAt),
    },
  };
}

function orderOf({ orderId, shop, revenueMinor, currency }: ReviewedRecord) {
  if (orderId === '' && revenueMinor === null) return null;
  return {
    orderId: orderId || null,
    shop: shop || null,
    revenue: revenueMinor === null ? null : amountText(revenueMinor, currency ?? ''),
    currency,
  };
}
