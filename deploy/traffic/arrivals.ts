import type { Draw } from './draw';

export interface Campaign {
  readonly source: string;
  readonly medium: string;
  readonly name: string;
}

/** How a visit says where it came from: each of these may be missing. */
export interface Arrival {
  readonly campaign: Campaign | null;
  readonly referrer: string | null;
  /** What an advertising network adds to the landing URL, such as `gclid=...`. */
  readonly clickId: string | null;
  /** Buying compared with the average visit. */
  readonly buying: number;
  /** Where such links lead. */
  readonly landing: 'home' | 'category' | 'product';
}

interface Way {
  /** Share of the first visits of people, in percent. */
  readonly first: number;
  /** Share of their later ones. */
  readonly later: number;
  readonly buying: number;
  readonly landing: Arrival['landing'];
  /** Links of one kind; any of them is followed as often as the others. */
  readonly links: readonly Link[];
}

interface Link {
  readonly campaign?: Campaign;
  readonly referrer?: string;
  /** Name of the click id. */
  readonly clickId?: string;
}

const campaign = (source: string, medium: string, name: string): Campaign => ({
  source,
  medium,
  name,
});

/** Shares and buying follow the usual order of shop reports: search brings most people, mail and
 *  affiliates the readiest buyers, social media the fewest. */
const ways: readonly Way[] = [
  { first: 20, later: 38, buying: 1.2, landing: 'home', links: [{}] },
  {
    first: 27,
    later: 17,
    buying: 1,
    landing: 'category',
    links: [
      { referrer: 'https://www.google.com/' },
      { referrer: 'https://www.google.com/' },
      { referrer: 'https://www.bing.com/' },
      { referrer: 'https://duckduckgo.com/' },
    ],
  },
  {
    first: 16,
    later: 8,
    buying: 1.3,
    landing: 'product',
    links: [
      { campaign: campaign('google', 'cpc', 'brand'), clickId: 'gclid' },
      { referrer: 'https://www.google.com/', clickId: 'gclid' },
      { campaign: campaign('bing', 'cpc', 'generic'), clickId: 'msclkid' },
    ],
  },
  {
    first: 10,
    later: 4,
    buying: 0.6,
    landing: 'product',
    links: [
      { campaign: campaign('facebook', 'paid_social', 'autumn'), clickId: 'fbclid' },
      { campaign: campaign('instagram', 'paid_social', 'autumn') },
      { campaign: campaign('tiktok', 'cpc', 'try-on'), clickId: 'ttclid' },
    ],
  },
  {
    first: 9,
    later: 5,
    buying: 0.5,
    landing: 'home',
    links: [
      { referrer: 'https://l.instagram.com/' },
      { referrer: 'https://www.reddit.com/' },
      { referrer: 'https://t.co/' },
    ],
  },
  {
    first: 6,
    later: 18,
    buying: 1.9,
    landing: 'category',
    links: [
      { campaign: campaign('newsletter', 'email', 'weekly') },
      { campaign: campaign('newsletter', 'email', 'back-in-stock') },
    ],
  },
  {
    first: 5,
    later: 5,
    buying: 1.6,
    landing: 'product',
    links: [
      {
        campaign: campaign('couponhub', 'affiliate', 'summer'),
        referrer: 'https://coupons.example/',
      },
      { campaign: campaign('giftguide', 'affiliate', 'lists') },
    ],
  },
  {
    first: 4,
    later: 3,
    buying: 1.4,
    landing: 'product',
    links: [
      {
        campaign: campaign('chatgpt.com', 'referral', 'answers'),
        referrer: 'https://chatgpt.com/',
      },
      { referrer: 'https://www.perplexity.ai/' },
      { referrer: 'https://claude.ai/' },
    ],
  },
  {
    first: 3,
    later: 2,
    buying: 0.9,
    landing: 'home',
    links: [
      { referrer: 'https://reviews.example/best-of' },
      { referrer: 'https://a-blog.example/' },
    ],
  },
];

const firstWays = ways.map((way) => ({ ...way, weight: way.first }));
const laterWays = ways.map((way) => ({ ...way, weight: way.later }));

/** How a visit comes about. `isFirst`: nobody knows the shop before the first one. */
export function arrivalOf(draw: Draw, isFirst: boolean): Arrival {
  const { buying, landing, links } = draw.weighted(isFirst ? firstWays : laterWays);
  const link = draw.pick(links);
  const click = draw.whole(1e8, 1e9 - 1).toString(36);
  return {
    campaign: link.campaign ?? null,
    referrer: link.referrer ?? null,
    clickId: link.clickId === undefined ? null : `${link.clickId}=${click}`,
    buying,
    landing,
  };
}
