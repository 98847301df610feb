import { createHash } from 'node:crypto';
import { segmentFormat } from '../../../deploy/replay/segment';
import type { CleanEvent } from '../../../services/shared/domain/event';
import { eventOf } from '../../../services/shared/domain/message';
import type { Tenant } from '../../../services/shared/domain/tenant';
import { judgeTraffic, trafficRules } from '../../../services/shared/domain/traffic-rules';

/** What must become of lines that were sent, whatever their order and however often. */
export interface Judged {
  /** The counted events, each once. */
  readonly facts: readonly CleanEvent[];
  /** Records by `outcome/reason`. */
  readonly ledger: ReadonlyMap<string, number>;
}

/** Bytes of an event that the collector takes. */
const maxBytes = 32 * 1024;

/**
 * Judges the lines of a recorded file as sent (a line sent twice stands twice), by the domain's own
 * functions and a Map. Contents under one message id must differ in nothing that counts: which of
 * them arrives first is anybody's guess.
 */
export function judge(sent: readonly string[], tenant: Tenant): Judged {
  const facts: CleanEvent[] = [];
  const ledger = new Map<string, number>();
  const claimed = new Map<string, string>();
  for (const line of sent) {
    const event = asReceived(line, tenant);
    const verdict = verdictOn(event, tenant, claimed);
    if (verdict === 'counted/clean') facts.push(event);
    ledger.set(verdict, (ledger.get(verdict) ?? 0) + 1);
  }
  return { facts, ledger };
}

function verdictOn(event: CleanEvent, tenant: Tenant, claimed: Map<string, string>): string {
  if (event.invalid !== null) return `dead/${event.invalid.reason}`;
  const known = claimed.get(event.messageId);
  if (known === event.contentHash) return 'duplicate/same_message';
  if (known !== undefined) return 'collision/message_id_reused';
  claimed.set(event.messageId, event.contentHash);
  const finding = judgeTraffic(trafficRules, event, tenant);
  return finding === null
    ? 'counted/clean'
    : `${finding.verdict.outcome}/${finding.verdict.reason}`;
}

/** The line as the replay sends it and the collector reads it. */
function asReceived(line: string, tenant: Tenant): CleanEvent {
  const { event } = eventOf(
    messageOf(line),
    {
      tenant,
      call: null,
      receivedAt: Date.now(),
      sentAt: null,
      imported: true,
      browser: null,
      maxBytes,
    },
    { sha256Hex, randomId: () => 'random' },
  );
  return event as CleanEvent;
}

function messageOf(line: string): unknown {
  try {
    return JSON.parse(segmentFormat.reader('').message(line));
  } catch {
    return line;
  }
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
