import { type CleanEvent, userKey } from '../../../services/shared/domain/event';
import { directChannel, sessionSilenceMs } from '../../../services/shared/domain/session';

export interface Session {
  readonly user: string;
  /** By (eventAt, messageId). */
  readonly events: readonly CleanEvent[];
  readonly start: number;
  readonly channel: string;
}

const dayMs = 86_400_000;

/** The sessions of facts, for a tenant whose days are UTC. `selfReferral` as in the API: `clean`
 *  lets an event from the tenant's own domains say nothing about the channel. */
export function sessionsOf(
  facts: readonly CleanEvent[],
  selfReferral: 'clean' | 'raw' = 'clean',
): readonly Session[] {
  const groups = [...groupedBy(facts, sessionKey).values()].map(inOrder);
  return groups.flatMap(splitWithoutId).map((events) => ({
    user: userKey(events[0] as CleanEvent) ?? '',
    events,
    start: events[0]?.eventAt ?? 0,
    channel: channelOf(events, selfReferral),
  }));
}

function sessionKey(event: CleanEvent): string {
  return JSON.stringify([userKey(event), event.sessionId]);
}

function splitWithoutId(events: readonly CleanEvent[]): readonly (readonly CleanEvent[])[] {
  if (events[0]?.sessionId !== null) return [events];
  const sessions: CleanEvent[][] = [];
  for (const event of events) {
    const last = sessions.at(-1)?.at(-1);
    if (last !== undefined && belongsWith(last, event)) sessions.at(-1)?.push(event);
    else sessions.push([event]);
  }
  return sessions;
}

function belongsWith(last: CleanEvent, next: CleanEvent): boolean {
  const sameDay = Math.floor(last.eventAt / dayMs) === Math.floor(next.eventAt / dayMs);
  return sameDay && next.eventAt - last.eventAt < sessionSilenceMs;
}

function channelOf(events: readonly CleanEvent[], selfReferral: 'clean' | 'raw'): string {
  const first = events.find(
    ({ channel }) => channel.group !== null && (selfReferral === 'raw' || !channel.selfReferral),
  );
  return first?.channel.group ?? directChannel;
}

/** By (eventAt, messageId): what "first" means everywhere. */
export function inOrder(events: readonly CleanEvent[]): readonly CleanEvent[] {
  return [...events].sort((a, b) => a.eventAt - b.eventAt || (a.messageId < b.messageId ? -1 : 1));
}

export function groupedBy<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}
