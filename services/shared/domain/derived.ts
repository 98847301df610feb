import { type ChannelTenant, channelVerdict } from './channel-group';
import { contentHash, eventContent, type Sha256Hex } from './content-hash';
import type { CleanEvent, Event } from './event';
import { eventTime } from './event-time';

/** An event with the fields that are derived once, by whoever brings it in. Records of the collector
 *  have them all and come back as they are; for other producers' the append time (milliseconds UTC)
 *  stands for the time of receipt, and what they filled in themselves is kept. */
export function withDerived(
  event: Event,
  appendedAt: number,
  { tenant, sha256Hex }: { readonly tenant: ChannelTenant; readonly sha256Hex: Sha256Hex },
): CleanEvent {
  if (isDerived(event)) return event;
  const receivedAt = event.receivedAt ?? appendedAt;
  const { originalAt, sentAt } = event;
  const time = eventTime({ originalAt, sentAt, receivedAt });
  const hash = event.contentHash ?? contentHash(eventContent(event).text, sha256Hex);
  const verdict = channelVerdict(event.channel, tenant);
  return {
    ...event,
    receivedAt,
    eventAt: event.eventAt ?? time.eventAt,
    clock: event.clock ?? time.clock,
    contentHash: hash,
    channel: {
      ...event.channel,
      group: event.channel.group ?? verdict.group,
      selfReferral: event.channel.selfReferral || verdict.selfReferral,
    },
  };
}

function isDerived(event: Event): event is CleanEvent {
  const { receivedAt, eventAt, clock, contentHash } = event;
  return receivedAt !== null && eventAt !== null && clock !== null && contentHash !== null;
}
