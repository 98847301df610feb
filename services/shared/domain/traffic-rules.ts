import { isWithin } from './address';
import { declaredBot } from './declared-bot';
import type { Event } from './event';
import { nothingKnown, type OrdersKnown, orderAmount, outlierEvidence } from './order-history';
import type { Verdict } from './outcome';
import type { Tenant } from './tenant';
import { cut } from './text';

/** What a rule found: what is to become of the event, and on what evidence, in words. */
export interface Finding {
  readonly verdict: Verdict;
  readonly evidence: string;
}

/** One reason not to count an event. A rule looks at what is there, never at what is missing from
 *  the past: another topic may simply not have been read yet. */
export interface TrafficRule {
  readonly name: string;
  /** General invalid traffic says itself what it is; sophisticated invalid traffic hides (the terms
   *  of the Media Rating Council); a fake order is a person's work. */
  readonly family: 'general_invalid_traffic' | 'sophisticated_invalid_traffic' | 'fake_order';
  /** Pure. Null where the rule has nothing to say. */
  decide(event: Event, tenant: Tenant, known: OrdersKnown): Finding | null;
}

const evidenceLength = 200;

/** A client that names itself a crawler, monitor or library in `context.userAgent`. The transport's
 *  own agent is not looked at: every server SDK would be one. */
export const declaredBotRule: TrafficRule = {
  name: 'declared_bot',
  family: 'general_invalid_traffic',
  decide({ userAgent }) {
    if (userAgent === null || isBlank(userAgent)) return null;
    if (declaredBot(userAgent) === null) return null;
    return {
      verdict: { outcome: 'bot', reason: 'declared_bot' },
      evidence: `user agent '${cut(userAgent, evidenceLength)}'`,
    };
  },
};

/** SDKs that run in a browser only, by `context.library.name`, lower case. Each of them sends the
 *  browser's agent with every event, so an event without one was not sent from a browser. */
const browserLibraries: ReadonlySet<string> = new Set([
  'analytics.js',
  'analytics-next',
  '@segment/analytics-next',
  'rudderlabs javascript sdk',
  'rudder-sdk-js',
  '@rudderstack/analytics-js',
  '@jitsu/js',
]);

/** A browser SDK without a user agent. Server and device SDKs have none to send. */
export const emptyUserAgentRule: TrafficRule = {
  name: 'empty_user_agent',
  family: 'general_invalid_traffic',
  decide({ userAgent, library }) {
    if (library === null || !browserLibraries.has(library.toLowerCase())) return null;
    if (userAgent !== null && !isBlank(userAgent)) return null;
    return {
      verdict: { outcome: 'bot', reason: 'empty_user_agent' },
      evidence: `no user agent from the browser library '${library}'`,
    };
  },
};

/** An order out of all proportion to those before it, which a person should look at: the plainest sign
 *  of a made-up one. What an earlier delivery of the record found is found again, in the same words. */
export const orderOutlierRule: TrafficRule = {
  name: 'order_outlier',
  family: 'fake_order',
  decide(event, { orderOutlier }, { histories, found }) {
    const amount = orderAmount(event);
    if (amount === null) return null;
    const evidence = found ?? outlierEvidence(amount, histories, orderOutlier);
    if (evidence === null) return null;
    return { verdict: { outcome: 'held', reason: 'order_outlier' }, evidence };
  },
};

/** The rules in force, in order: the first that finds something decides. */
export const trafficRules: readonly TrafficRule[] = [
  declaredBotRule,
  emptyUserAgentRule,
  orderOutlierRule,
];

/** What the rules make of an event; null where it is to be counted. Agents and addresses that the
 *  tenant allows (its own monitors, partners' crawlers) pass all of them. */
export function judgeTraffic(
  rules: readonly TrafficRule[],
  event: Event,
  tenant: Tenant,
  known: OrdersKnown = nothingKnown,
): Finding | null {
  for (const rule of rules) {
    const finding = rule.decide(event, tenant, known);
    if (finding !== null) return isAllowed(event, tenant) ? null : finding;
  }
  return null;
}

function isAllowed({ userAgent, ip }: Event, tenant: Tenant): boolean {
  const agent = userAgent ?? '';
  if (tenant.allowedAgents.some((part) => part !== '' && agent.includes(part))) return true;
  return ip !== null && isWithin(ip, tenant.allowedAddresses);
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
