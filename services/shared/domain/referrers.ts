import { isAssistant } from './assistants';
import { isAtOrBelow } from './hosts';
import { categoryOf } from './source-categories';
import type { SourceCategory } from './tenant';

export interface ReferrerOrigin {
  readonly source: string;
  readonly medium: string;
}

/** The source and medium that the host of a referring page stands for: search engines are `organic`,
 *  webmail is `email`, advertising hosts are paid, everything else is `referral` from the host, or
 *  from the nearest domain above it whose category is known (`l.facebook.com`: facebook.com). */
export function originOfReferrer(
  host: string,
  own: ReadonlyMap<string, SourceCategory>,
): ReferrerOrigin {
  if (isAssistant(host)) return { source: host, medium: 'referral' };
  const advertised = adHosts.find(([domain]) => isAtOrBelow(host, domain));
  if (advertised) return advertised[1];
  if (own.has(host))
    return { source: host, medium: own.get(host) === 'search' ? 'organic' : 'referral' };
  if (isSearchEngine(host)) return { source: host, medium: 'organic' };
  if (isWebmail(host)) return { source: host, medium: 'email' };
  return { source: knownDomainAbove(host, own) ?? host, medium: 'referral' };
}

const adHosts: readonly (readonly [domain: string, origin: ReferrerOrigin])[] = [
  ['adsensecustomsearchads.com', { source: 'google', medium: 'cpc' }],
  ['googleadservices.com', { source: 'google', medium: 'cpc' }],
  ['doubleclick.net', { source: 'google', medium: 'display' }],
  ['googlesyndication.com', { source: 'google', medium: 'display' }],
];

/** Engines with a domain a country, or one host among others that are no search. */
const searchPatterns: readonly RegExp[] = [
  /^(www\.|m\.|images\.|encrypted\.)?google\.([a-z]{2,3}|com?\.[a-z]{2})$/,
  /^com\.google\.android\.(googlequicksearchbox|gm\.search)$/,
  /^(www\.|[a-z]+\.)?search\.yahoo\.(com|co\.jp)$/,
  /^(www\.|[a-z]{2}\.)?yahoo\.com$/,
  /^(www\.|m\.)?(yandex\.([a-z]{2,3}|com\.[a-z]{2})|ya\.ru)$/,
  /^(www\.|m\.|[a-z]{2}\.)?bing\.com$/,
  /^(www\.|m\.)?baidu\.com$/,
  /^go\.mail\.ru$/,
];

/** Domains that are search engines with everything below them. */
const searchDomains: readonly string[] = [
  'duckduckgo.com',
  'ecosia.org',
  'startpage.com',
  'ixquick.com',
  'qwant.com',
  'kagi.com',
  'mojeek.com',
  'sogou.com',
  'ask.com',
  'aolsearch.com',
  'meta.ua',
  'lilo.org',
  'swisscows.com',
];

/** A host that calls itself a search, in the languages seen. */
const searchLabel = /^(i?search|searchassist|suche|recherche|buscar|busca|szukaj)$/;
/** A host that calls itself mail: mail, webmail1m, email, mail02, mailbusiness, lightmailer-bap. */
const mailLabel = /^(web|light|e)?mail(er|business)?\d*[a-z]?(-[a-z0-9]+)?$/;
const mailDomains: readonly string[] = [
  'outlook.live.com',
  'outlook.office.com',
  'outlook.office365.com',
  'com.google.android.gm',
  'deref-mail.com',
  'deref-gmx.net',
  'deref-gmx.at',
  'deref-gmx.fr',
  'deref-gmx.it',
  'deref-gmx.com',
  'deref-gmx.co.uk',
  'deref-web-02.de',
  '3c.web.de',
  'gmx.net',
  'rich-v01.bluewin.ch',
];

function isSearchEngine(host: string): boolean {
  if (searchLabel.test(host.slice(0, Math.max(0, host.indexOf('.'))))) return true;
  if (searchPatterns.some((pattern) => pattern.test(host))) return true;
  return searchDomains.some((domain) => isAtOrBelow(host, domain));
}

function isWebmail(host: string): boolean {
  if (mailDomains.some((domain) => isAtOrBelow(host, domain))) return true;
  const labels = host.split('.');
  // The last two labels are a registered name: mail.ru is a portal, e.mail.ru its mailbox.
  return labels.slice(0, -2).some((label) => mailLabel.test(label)) || /^messagerie/.test(host);
}

function knownDomainAbove(host: string, own: ReadonlyMap<string, SourceCategory>): string | null {
  for (let name = host; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const category = categoryOf(name, own);
    // A search engine's other services (docs, maps) are no search.
    if (category !== null && (category !== 'search' || name === host)) return name;
  }
  return null;
}
