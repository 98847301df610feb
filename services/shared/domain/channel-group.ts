import { isAssistant } from './assistants';
import { type ChannelFields, clickIds } from './channel-fields';
import { hostOf, isAtOrBelow } from './hosts';
import { originOfReferrer } from './referrers';
import { categoryOf } from './source-categories';
import type { SourceCategory, Tenant } from './tenant';

export type ChannelTenant = Pick<Tenant, 'ownDomains' | 'sourceCategories'>;

export interface ChannelVerdict {
  /** Name of the channel group; null where the event says nothing about where it came from. */
  readonly group: string | null;
  /** The source is one of the tenant's own domains; `group` is what the rules say nevertheless. */
  readonly selfReferral: boolean;
}

/** The channel group of an event by itself. What was said wins over what can be guessed: source,
 *  medium and campaign as sent, then a click id, then a referrer from outside. */
export function channelVerdict(fields: ChannelFields, tenant: ChannelTenant): ChannelVerdict {
  const origin = saidOrigin(fields) ?? referredOrigin(fields, tenant);
  if (origin === 'own') return { group: null, selfReferral: true };
  if (origin === null) return { group: null, selfReferral: false };
  const category = categoryOf(origin.source, tenant.sourceCategories);
  const group = groupOf({ ...origin, category });
  return { group, selfReferral: isOwn(origin.source, tenant) };
}

/** Source, medium and campaign in lower case, '' where there is none. */
export interface Origin {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

/** An origin with what kind of site its source is. */
export interface CategorizedOrigin extends Origin {
  readonly category: SourceCategory | null;
}

export interface ChannelRule {
  readonly group: string;
  readonly matches: (origin: CategorizedOrigin) => boolean;
}

/** The group of the first rule that matches, or `Unassigned`. */
export function groupOf(origin: CategorizedOrigin): string {
  return channelRules.find((rule) => rule.matches(origin))?.group ?? unassigned;
}

export const unassigned = 'Unassigned';

/** What an export writes where it withholds a value. A withheld medium says nothing; of a withheld
 *  source the medium may still say enough. */
const withheld: ReadonlySet<string> = new Set([
  '<other>',
  '(other)',
  '(data deleted)',
  '<obfuscated>',
]);
const noMedium: ReadonlySet<string> = new Set(['', '(none)', '(not set)']);
const searchAdMedia: ReadonlySet<string> = new Set(['cpc', 'ppc', 'paidsearch']);
const tellingMedia: ReadonlySet<string> = new Set(['organic', 'email', 'affiliate', 'referral']);
const displayMedia: ReadonlySet<string> = new Set([
  'display',
  'banner',
  'expandable',
  'interstitial',
  'cpm',
]);
const socialMedia: ReadonlySet<string> = new Set([
  'social',
  'social-network',
  'social-media',
  'sm',
  'social network',
  'social media',
]);
const emailNames: ReadonlySet<string> = new Set(['email', 'e-mail', 'e_mail', 'e mail']);
const referralMedia: ReadonlySet<string> = new Set(['referral', 'app', 'link']);
const paidMedium = /^(.*cp.*|ppc|retargeting|paid.*)$/;
const shoppingCampaign = /^(.*(([^a-df-z]|^)shop|shopping).*)$/;

const isPaid = ({ medium }: Origin): boolean => paidMedium.test(medium);
const isShopping = ({ category, campaign }: CategorizedOrigin): boolean =>
  category === 'shopping' || shoppingCampaign.test(campaign);

/** GA4's default channel group (Analytics Help, "[GA4] Default channel group", manual traffic), in
 *  Google's order, with two additions: values that were withheld, or printed as "(not set)", are read
 *  as what they are before anything else, and AI Assistants stand before the organic groups. */
export const channelRules: readonly ChannelRule[] = [
  { group: unassigned, matches: ({ medium }) => withheld.has(medium) },
  {
    group: 'Paid Search',
    matches: ({ source, medium }) => withheld.has(source) && searchAdMedia.has(medium),
  },
  {
    group: unassigned,
    matches: ({ source, medium }) => withheld.has(source) && !tellingMedia.has(medium),
  },
  {
    group: 'Direct',
    matches: ({ source, medium }) =>
      (source === '(direct)' && noMedium.has(medium)) ||
      (source === '' && medium !== '' && noMedium.has(medium)),
  },
  { group: unassigned, matches: ({ medium }) => medium === '(not set)' },
  { group: 'Cross-network', matches: ({ campaign }) => campaign.includes('cross-network') },
  { group: 'Paid Shopping', matches: (origin) => isPaid(origin) && isShopping(origin) },
  { group: 'Paid Search', matches: (origin) => isPaid(origin) && origin.category === 'search' },
  { group: 'Paid Social', matches: (origin) => isPaid(origin) && origin.category === 'social' },
  { group: 'Paid Video', matches: (origin) => isPaid(origin) && origin.category === 'video' },
  { group: 'Display', matches: ({ medium }) => displayMedia.has(medium) },
  { group: 'Paid Other', matches: isPaid },
  { group: 'AI Assistants', matches: ({ source }) => isAssistant(source) },
  { group: 'Organic Shopping', matches: isShopping },
  {
    group: 'Organic Social',
    matches: ({ category, medium }) => category === 'social' || socialMedia.has(medium),
  },
  {
    group: 'Organic Video',
    matches: ({ category, medium }) => category === 'video' || medium.includes('video'),
  },
  {
    group: 'Organic Search',
    matches: ({ category, medium }) => category === 'search' || medium === 'organic',
  },
  {
    group: 'Email',
    matches: ({ source, medium }) => emailNames.has(source) || emailNames.has(medium),
  },
  { group: 'Affiliates', matches: ({ medium }) => medium === 'affiliate' },
  { group: 'Referral', matches: ({ medium }) => referralMedia.has(medium) },
  { group: 'Audio', matches: ({ medium }) => medium === 'audio' },
  { group: 'SMS', matches: ({ source, medium }) => source === 'sms' || medium === 'sms' },
  {
    group: 'Mobile Push Notifications',
    matches: ({ source, medium }) =>
      medium.endsWith('push') || /mobile|notification/.test(medium) || source === 'firebase',
  },
];

/** Source, medium and campaign as sent, completed by the click id: a paid one gives the medium that
 *  is missing, any gives both where neither was sent. Null where nothing of this was sent. */
function saidOrigin(fields: ChannelFields): Origin | null {
  const source = lower(fields.source);
  const medium = lower(fields.medium);
  const campaign = lower(fields.campaign);
  const click = fields.clickId === null ? undefined : clickIds.get(fields.clickId);
  if (source === '' && medium === '' && campaign === '' && click === undefined) return null;
  if (click === undefined || (medium !== '' && medium !== click.medium)) {
    return { source, medium, campaign };
  }
  if (source !== '' && medium === '' && !click.paid) return { source, medium, campaign };
  return { source: source === '' ? click.source : source, medium: click.medium, campaign };
}

/** The origin a referrer amounts to; 'own' where it is the tenant's own site or the page's. */
function referredOrigin(fields: ChannelFields, tenant: ChannelTenant): Origin | 'own' | null {
  if (fields.referrer === null) return null;
  const host = hostOf(fields.referrer);
  if (host === null) return null;
  if (isOwn(host, tenant)) return 'own';
  if (fields.url !== null && hostOf(fields.url) === host) return null;
  return { ...originOfReferrer(host, tenant.sourceCategories), campaign: '' };
}

function isOwn(source: string, tenant: ChannelTenant): boolean {
  return tenant.ownDomains.some((domain) => isAtOrBelow(source, domain));
}

function lower(text: string | null): string {
  return text === null ? '' : text.trim().toLowerCase();
}
