/** The host of a URL (or of a bare `host/path`), lower case, without user, port and trailing dot;
 *  null where there is none. For an Android app's referrer it is the package name. */
export function hostOf(url: string): string | null {
  const match = authority.exec(url);
  const host = (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
  return host === '' || host.length > longestName ? null : host;
}

/** Whether a host is a domain or lies below it, label by label: `a.shop.example` lies below
 *  `shop.example`, `myshop.example` does not. Both in lower case. */
export function isAtOrBelow(host: string, domain: string): boolean {
  if (!host.endsWith(domain)) return false;
  return host.length === domain.length || host[host.length - domain.length - 1] === '.';
}

/** RFC 1035: no name of a host is longer. Without the bound a hostile one could be walked label by
 *  label for a very long time. */
const longestName = 253;

const authority =
  /^\s*(?:[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@]+)|([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=[/?#:]|\s*$))/i;
