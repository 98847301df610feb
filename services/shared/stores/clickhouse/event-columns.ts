import type { Item } from '../../domain/event';
import type { EventRow } from '../../domain/event-row';
import type { RowBinary } from './row-binary';

type Column = readonly [
  name: string,
  write: (out: RowBinary, row: EventRow, userHash: bigint) => void,
];

/** The columns of `events` that are written, each with its encoding: schemas/clickhouse/001-events.sql
 *  has their types. */
const columns: readonly Column[] = [
  ['tenant', (out, row) => out.text(row.tenant)],
  ['topic', (out, row) => out.text(row.topic)],
  ['partition', (out, row) => out.uint16(row.partition)],
  ['offset', (out, row) => out.int64(row.offset)],
  ['version', (out, row) => out.int64(row.version)],
  ['outcome', (out, row) => out.text(row.outcome)],
  ['reason', (out, row) => out.text(row.reason)],
  ['evidence', (out, row) => out.text(row.evidence)],
  ['firstCounted', (out, row) => out.uint8(row.firstCounted ? 1 : 0)],
  ['weightsVersion', (out, row) => out.uint16(row.weightsVersion)],
  ['heldBy', (out, row) => out.text(row.heldBy)],
  ['eventAt', (out, row) => out.int64(row.eventAt)],
  ['receivedAt', (out, row) => out.int64(row.receivedAt)],
  ['appendedAt', (out, row) => out.int64(row.appendedAt)],
  ['originalAt', (out, row) => out.nullable(row.originalAt, out.int64)],
  ['sentAt', (out, row) => out.nullable(row.sentAt, out.int64)],
  ['clock', (out, row) => out.text(row.clock)],
  ['userHash', (out, _row, userHash) => out.bigUint64(userHash)],
  ['anonymousId', (out, row) => out.text(row.anonymousId)],
  ['userId', (out, row) => out.text(row.userId)],
  ['deviceId', (out, row) => out.text(row.deviceId)],
  ['messageId', (out, row) => out.text(row.messageId)],
  ['contentHash', (out, row) => out.text(row.contentHash)],
  ['type', (out, row) => out.text(row.type)],
  ['name', (out, row) => out.text(row.name)],
  ['sessionId', (out, row) => out.text(row.sessionId)],
  ['category', (out, row) => out.text(row.category)],
  ['searchQuery', (out, row) => out.text(row.searchQuery)],
  ['items.productId', (out, row) => itemTexts(out, row.items, (item) => item.productId)],
  ['items.sku', (out, row) => itemTexts(out, row.items, (item) => item.sku)],
  ['items.name', (out, row) => itemTexts(out, row.items, (item) => item.name)],
  ['items.category', (out, row) => itemTexts(out, row.items, (item) => item.category)],
  ['items.brand', (out, row) => itemTexts(out, row.items, (item) => item.brand)],
  [
    'items.priceMinor',
    (out, { items }) => out.array(items, (item) => out.nullable(item.priceMinor, out.int64)),
  ],
  [
    'items.quantity',
    (out, { items }) => out.array(items, (item) => out.nullable(item.quantity, out.float64)),
  ],
  ['shop', (out, row) => out.text(row.shop)],
  ['source', (out, row) => out.text(row.source)],
  ['medium', (out, row) => out.text(row.medium)],
  ['campaign', (out, row) => out.text(row.campaign)],
  ['term', (out, row) => out.text(row.term)],
  ['content', (out, row) => out.text(row.content)],
  ['clickId', (out, row) => out.text(row.clickId)],
  ['referrer', (out, row) => out.text(row.referrer)],
  ['url', (out, row) => out.text(row.url)],
  ['channel', (out, row) => out.text(row.channel)],
  ['selfReferral', (out, row) => out.uint8(row.selfReferral ? 1 : 0)],
  ['orderId', (out, row) => out.text(row.orderId)],
  ['orderKey', (out, row) => out.text(row.orderKey)],
  ['revenueMinor', (out, row) => out.nullable(row.revenueMinor, out.int64)],
  ['taxMinor', (out, row) => out.nullable(row.taxMinor, out.int64)],
  ['shippingMinor', (out, row) => out.nullable(row.shippingMinor, out.int64)],
  ['currency', (out, row) => out.text(row.currency)],
  ['coupon', (out, row) => out.text(row.coupon)],
  ['record', (out, row) => out.bytes(row.record)],
];

export const eventColumnNames = columns.map(([name]) => name);

/** One row, its columns in the order of `eventColumnNames`; the record comes last. */
export function writeEventRow(out: RowBinary, row: EventRow, userHash: bigint): void {
  for (const [, write] of columns) write(out, row, userHash);
}

function itemTexts(
  out: RowBinary,
  items: readonly Item[],
  of: (item: Item) => string | null,
): void {
  out.array(items, (item) => out.text(of(item) ?? ''));
}
