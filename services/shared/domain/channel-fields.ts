import { type JsonObject, objectAt, textAt, textOf } from './json';

/** What one message says about where its visit came from. */
export interface ChannelFields {
  readonly source: string | null;
  readonly medium: string | null;
  readonly campaign: string | null;
  readonly term: string | null;
  readonly content: string | null;
  readonly clickId: string | null;
  readonly referrer: string | null;
  readonly url: string | null;
}

/** Advertising click ids by the names they have in landing URLs, and the traffic they stand for.
 *  `paid` ones are only put on advertisements; the others are on every link of their site. */
export const clickIds: ReadonlyMap<string, ClickOrigin> = new Map([
  ['gclid', { source: 'google', medium: 'cpc', paid: true }],
  ['gbraid', { source: 'google', medium: 'cpc', paid: true }],
  ['wbraid', { source: 'google', medium: 'cpc', paid: true }],
  ['dclid', { source: 'dv360', medium: 'display', paid: true }],
  ['msclkid', { source: 'bing', medium: 'cpc', paid: true }],
  ['yclid', { source: 'yandex', medium: 'cpc', paid: true }],
  ['ttclid', { source: 'tiktok', medium: 'cpc', paid: true }],
  ['twclid', { source: 'twitter', medium: 'cpc', paid: true }],
  ['li_fat_id', { source: 'linkedin', medium: 'cpc', paid: true }],
  ['sccid', { source: 'snapchat', medium: 'cpc', paid: true }],
  ['rdt_cid', { source: 'reddit', medium: 'cpc', paid: true }],
  ['epik', { source: 'pinterest', medium: 'referral', paid: false }],
  ['igshid', { source: 'instagram', medium: 'referral', paid: false }],
  ['fbclid', { source: 'facebook', medium: 'referral', paid: false }],
]);

export interface ClickOrigin {
  readonly source: string;
  readonly medium: string;
  readonly paid: boolean;
}

/** The channel fields of a Segment message: `context.campaign`, or where that says nothing the utm
 *  parameters of the page's URL; the first click id of `clickIds` in that URL; page and referrer.
 *  `page` properties count where the message is about a page. */
export function channelFieldsOf(context: JsonObject, page: JsonObject): ChannelFields {
  const contextPage = objectAt(context, 'page');
  const url = textOf(contextPage.url) ?? textOf(page.url);
  const referrer = textOf(contextPage.referrer) ?? textOf(page.referrer);
  const query = url === null ? noQuery : queryOf(url);
  const said = campaignOf(objectAt(context, 'campaign'));
  const campaign = said ?? utmOf(query) ?? noCampaign;
  return {
    source: campaign.source,
    medium: campaign.medium,
    campaign: campaign.campaign,
    term: campaign.term,
    content: campaign.content,
    clickId: clickIdOf(query),
    referrer,
    url,
  };
}

type Campaign = Pick<ChannelFields, 'source' | 'medium' | 'campaign' | 'term' | 'content'>;
const noCampaign: Campaign = {
  source: null,
  medium: null,
  campaign: null,
  term: null,
  content: null,
};
const noQuery: ReadonlyMap<string, string> = new Map();
const utmNames = new Set(['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']);

function campaignOf(said: JsonObject): Campaign | null {
  return saying({
    source: textOf(said.source),
    medium: textOf(said.medium),
    campaign: textAt(said, 'name', 'campaign'),
    term: textOf(said.term),
    content: textOf(said.content),
  });
}

function utmOf(query: ReadonlyMap<string, string>): Campaign | null {
  if (query.size === 0) return null;
  const utm = (name: string): string | null => textOf(query.get(`utm_${name}`));
  return saying({
    source: utm('source'),
    medium: utm('medium'),
    campaign: utm('campaign'),
    term: utm('term'),
    content: utm('content'),
  });
}

function saying(campaign: Campaign): Campaign | null {
  const { source, medium, campaign: name, term, content } = campaign;
  return (source ?? medium ?? name ?? term ?? content) === null ? null : campaign;
}

function clickIdOf(query: ReadonlyMap<string, string>): string | null {
  if (query.size === 0) return null;
  for (const name of clickIds.keys()) {
    if (query.has(name)) return name;
  }
  return null;
}

/** The utm parameters and click ids of a URL; the first of a name counts. */
function queryOf(url: string): ReadonlyMap<string, string> {
  const start = url.indexOf('?');
  if (start < 0) return noQuery;
  const hash = url.indexOf('#');
  if (hash >= 0 && hash < start) return noQuery;
  const query = new Map<string, string>();
  for (const pair of url.slice(start + 1, hash < 0 ? undefined : hash).split('&')) {
    const [name, value] = splitPair(pair);
    if (value === '' || query.has(name)) continue;
    if (utmNames.has(name) || clickIds.has(name)) query.set(name, unescaped(value));
  }
  return query;
}

function splitPair(pair: string): readonly [name: string, value: string] {
  const equals = pair.indexOf('=');
  if (equals < 0) return [pair.toLowerCase(), ''];
  return [pair.slice(0, equals).toLowerCase(), pair.slice(equals + 1)];
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value; // not percent-encoding: the bytes as they stand say more than nothing
  }
}
