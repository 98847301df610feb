import type { SourceCategory } from './tenant';

/** What kind of site the well-known traffic sources are: names as campaigns write them and domains as
 *  referrals do. Hand-made and short, for tenants that bring no list of their own (GA4 publishes one of 800). */
const wellKnown: Readonly<Record<SourceCategory, string>> = {
  search:
    'google bing yahoo duckduckgo baidu yandex ecosia naver daum seznam sogou so.com ask aol brave ' +
    'startpage qwant rambler mojeek kagi lycos virgilio onet ' +
    'google.com bing.com search.yahoo.com duckduckgo.com baidu.com m.baidu.com yandex.ru yandex.com ' +
    'ya.ru ecosia.org search.naver.com search.daum.net seznam.cz search.seznam.cz sogou.com ' +
    'ask.com search.aol.com search.brave.com startpage.com qwant.com mojeek.com kagi.com',
  social:
    'facebook instagram messenger threads twitter x linkedin pinterest reddit tumblr snapchat ' +
    'whatsapp telegram wechat weibo vk vkontakte odnoklassniki quora discord mastodon bluesky ' +
    'line xing meetup nextdoor flickr medium fb ig facebook-ads ' +
    'facebook.com l.facebook.com m.facebook.com lm.facebook.com fb.com fb.me instagram.com ' +
    'l.instagram.com messenger.com l.messenger.com threads.net threads.com twitter.com x.com t.co ' +
    'linkedin.com lnkd.in pinterest.com pin.it reddit.com out.reddit.com tumblr.com t.umblr.com ' +
    'snapchat.com tiktok tiktok.com whatsapp.com wa.me telegram.org t.me web.telegram.org weibo.com weibo.cn vk.com ' +
    'away.vk.com ok.ru odnoklassniki.ru quora.com discord.com mastodon.social bsky.app line.me ' +
    'xing.com meetup.com nextdoor.com flickr.com workplace.com livejournal.com hatena.ne.jp ' +
    'news.ycombinator.com stackoverflow.com goodreads.com blogger.com plurk.com',
  video:
    'youtube vimeo dailymotion twitch netflix hulu disneyplus iqiyi youku wistia ' +
    'youtube.com m.youtube.com youtu.be vimeo.com dailymotion.com twitch.tv ted.com netflix.com ' +
    'hulu.com iqiyi.com youku.com wistia.com rutube.ru',
  shopping:
    'amazon ebay etsy walmart shopify alibaba aliexpress mercadolibre rakuten google-shopping ' +
    'shopping.google.com amazon.com amazon.co.uk amazon.de amazon.fr amazon.co.jp ebay.com ' +
    'ebay.co.uk ebay.de etsy.com walmart.com alibaba.com aliexpress.com mercadolibre.com ' +
    'mercadolivre.com.br shopping.yahoo.com shopping.rakuten.com idealo.de pricerunner.com ' +
    'pricerunner.co.uk ' +
    'shopzilla.com',
};

const categories: ReadonlyMap<string, SourceCategory> = new Map(
  Object.entries(wellKnown).flatMap(([category, sources]) =>
    sources.split(' ').map((source) => [source, category as SourceCategory] as const),
  ),
);

/** The category of a source (lower case), exactly as written; null where it has none. A tenant's list
 *  decides alone, since it is the list that somebody else's figures were made with; without one, the
 *  well-known sources do. Below a domain is not the domain: a video site's academy is a referral. */
export function categoryOf(
  source: string,
  own: ReadonlyMap<string, SourceCategory>,
): SourceCategory | null {
  return (own.size > 0 ? own : categories).get(source) ?? null;
}
