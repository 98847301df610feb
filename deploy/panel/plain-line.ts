import { promisedSeconds } from '../../services/shared/domain/histogram';
import { count, decimal } from '../summary/table';
import { clockTime, printable } from './text';
import type { PanelView } from './view';

const shownTags = 3;

/** The panel as one line, for pipes and log files. */
export function plainLine(view: PanelView): string {
  const parts = [
    clockTime(view.now),
    ...ledgerParts(view),
    ...(view.rate.perSecond === null ? [] : [`${decimal(view.rate.perSecond, 0)} events/s`]),
    ...latencyParts(view),
    ...funnelParts(view),
    ...followedParts(view),
    ...view.faults.map(({ what, why }) => `${what}: ${printable(why)}`),
  ];
  return parts.join(' | ');
}

function ledgerParts({ ledger }: PanelView): readonly string[] {
  if (ledger === null) return [];
  const removed = Object.entries(ledger.outcomes)
    .filter(([outcome, events]) => outcome !== 'counted' && events > 0)
    .map(([outcome, events]) => `${outcome} ${count(events)}`);
  const kept = ledger.outcomes.counted ?? 0;
  return [[`accepted ${count(ledger.accepted)}`, `kept ${count(kept)}`, ...removed].join(', ')];
}

function latencyParts({ latency }: PanelView): readonly string[] {
  if (latency === null || latency.p50 === null || latency.p99 === null) return [];
  const [p50, p99, promised] = [latency.p50, latency.p99, promisedSeconds].map((seconds) =>
    count(Math.round(seconds * 1000)),
  );
  return [`click to tag p50 ${p50} ms, p99 ${p99} ms of ${promised}`];
}

function funnelParts({ funnel }: PanelView): readonly string[] {
  if (funnel === null || funnel.length === 0) return [];
  return [`funnel ${funnel.map(({ entered }) => count(entered)).join(' > ')}`];
}

function followedParts({ followed: { id, tags } }: PanelView): readonly string[] {
  if (tags.length === 0) return [];
  const strongest = tags
    .slice(0, shownTags)
    .map(({ tag, weight }) => `${printable(tag)} ${decimal(weight, 1)}`);
  return [`${printable(id)}: ${strongest.join(', ')}`];
}
