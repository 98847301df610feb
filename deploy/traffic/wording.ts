import type { Act } from './act';
import type { Arrival } from './arrivals';
import { shopUrl } from './shop';
import type { Visitor } from './visitors';

/** A message of the Segment tracking API. */
export type SegmentMessage = Readonly<Record<string, unknown>> & {
  readonly messageId: string;
  readonly anonymousId: string;
  /** By the device's clock. */
  readonly timestamp: string;
};

export interface Occasion {
  readonly visitor: Visitor;
  readonly arrival: Arrival;
  /** Null where the SDK does not tell sessions apart. */
  readonly sessionId: string | null;
  /** The page before, on this site; null on the first. */
  readonly previousPath: string | null;
  readonly isFirst: boolean;
  /** True time, milliseconds UTC. */
  readonly at: number;
  readonly messageId: string;
}

/** What the SDK of the visitor's device makes of an act. */
export function messageOf(act: Act, occasion: Occasion): SegmentMessage {
  const { visitor, at, messageId } = occasion;
  return {
    ...callOf(act, visitor),
    messageId,
    anonymousId: visitor.anonymousId,
    ...(act.loggedIn ? { userId: visitor.userId } : {}),
    timestamp: new Date(at + visitor.clockErrorMs).toISOString(),
    context: visitor.device.app === null ? inBrowser(act, occasion) : inApp(occasion),
  };
}

function callOf({ call, name, properties }: Act, { device }: Visitor) {
  if (call === 'identify') return { type: call, traits: properties };
  if (call === 'track') return { type: call, event: name, properties };
  return { type: device.app === null ? 'page' : 'screen', name, properties };
}

function inBrowser({ path }: Act, { visitor, arrival, sessionId, ...occasion }: Occasion) {
  const { library, userAgent } = visitor.device;
  const { crawler } = visitor;
  const campaign = occasion.isFirst ? arrival.campaign : null;
  const search = occasion.isFirst ? queryOf(arrival) : '';
  const { previousPath } = occasion;
  const inside = previousPath === null ? '' : `${shopUrl}${previousPath}`;
  const referrer = occasion.isFirst ? (arrival.referrer ?? '') : inside;
  const agent = crawler === null ? userAgent : crawler.agentInContext ? crawler.agent : null;
  return {
    library,
    ...(agent === null ? {} : { userAgent: agent }),
    ...(crawler === null ? { ip: visitor.address } : {}),
    locale: visitor.locale,
    page: { path, referrer, search, url: `${shopUrl}${path}${search}` },
    ...(campaign === null ? {} : { campaign }),
    ...(sessionId === null ? {} : { sessionId }),
  };
}

/** An app knows of no links but those that opened it, and these carry a campaign. */
function inApp({ visitor, arrival, sessionId, isFirst }: Occasion) {
  const { library, app } = visitor.device;
  return {
    ...app,
    device: { ...app?.device, id: `d-${visitor.anonymousId}` },
    library,
    ip: visitor.address,
    locale: visitor.locale,
    ...(isFirst && arrival.campaign !== null ? { campaign: arrival.campaign } : {}),
    ...(sessionId === null ? {} : { sessionId }),
  };
}

function queryOf({ campaign, clickId }: Arrival): string {
  const utm = campaign === null ? {} : utmOf(campaign);
  const query = new URLSearchParams(utm).toString();
  const parts = [query, clickId ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function utmOf({ source, medium, name }: NonNullable<Arrival['campaign']>) {
  return { utm_source: source, utm_medium: medium, utm_campaign: name };
}
