/** GA4's source categories: what kind of site a traffic source is. */
export const sourceCategories = ['search', 'social', 'video', 'shopping'] as const;
export type SourceCategory = (typeof sourceCategories)[number];

/** One customer of an installation, as config/tenants.yaml describes it. Only the collector (and the
 *  cleaner, for other producers) derives anything from it: what is in a record is never derived again. */
export interface Tenant {
  readonly name: string;
  /** SHA-256 of each write key, 64 lower-case hexadecimal characters. */
  readonly writeKeyHashes: readonly string[];
  /** The tenant's own sites, lower case; a source or referrer at or below one is a self-referral. */
  readonly ownDomains: readonly string[];
  /** IANA name; days and the end of sessions without an id follow it. */
  readonly timeZone: string;
  /** ISO 4217: the currency of events that name none, and of stated totals. */
  readonly currency: string;
  /** Traffic source (lower case, as utm_source or a host has it) to its category. Empty: the
   *  built-in list alone decides. */
  readonly sourceCategories: ReadonlyMap<string, SourceCategory>;
  /** Parts of a user agent that are let through although they look like a bot. */
  readonly allowedAgents: readonly string[];
  /** Addresses or CIDR ranges that are let through. */
  readonly allowedAddresses: readonly string[];
  readonly orderOutlier: OrderOutlier;
}

/** When an order is held for a person as out of all proportion. */
export interface OrderOutlier {
  /** Above so many times the mean of its shop's or its user's counted orders; 0: never. */
  readonly times: number;
  /** Of at least so many counted orders; 0: never. */
  readonly sample: number;
  /** Whether imported orders are held too. They are in the means in any case. */
  readonly imports: boolean;
}

export const noOrderOutlier: OrderOutlier = { times: 0, sample: 0, imports: true };

/** Whether the tenant's orders are remembered and judged at all. */
export function judgesOrders({ orderOutlier: { times, sample } }: Tenant): boolean {
  return times > 0 && sample > 0;
}

/** Tenant names stand in keys and labels. */
export function isTenantName(text: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(text);
}
