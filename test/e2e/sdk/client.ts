/** An app with an SDK in it. */
export interface Client {
  /** Hands the calls `from` to `to` (exclusive) to the SDK, as `callOf` makes them. */
  send(from: number, to: number): Promise<void> | void;
  /** Resolves once the SDK has an answer to every call, or has given it up. */
  drained(): Promise<void>;
  /** Requests that failed so far: refused, broken, or answered with something other than 200. */
  failures(): number;
  /** Numbers of the calls that the SDK says it has given up. */
  givenUp(): readonly number[];
  /** The device's own network, where the SDK looks at it. */
  network?(isUp: boolean): Promise<void>;
  close?(): Promise<void>;
}

export interface ClientOptions {
  /** Of the collector. */
  readonly url: string;
  readonly user: string;
  /** How often the SDK tries again before it gives up. */
  readonly retries: number;
}

export interface Sdk {
  readonly name: string;
  /** It puts several calls into one request. */
  readonly batches: boolean;
  start(options: ClientOptions): Promise<Client> | Client;
}

export type SdkCall =
  | { readonly kind: 'page'; readonly name: string; readonly properties: { readonly n: number } }
  | { readonly kind: 'identify'; readonly traits: { readonly n: number } }
  | {
      readonly kind: 'track';
      readonly event: string;
      readonly properties: Readonly<Record<string, string | number>>;
    };

/** The n-th call of a user. Pages, traits, views, carts and orders by turns, so that one request has
 *  records for all four topics of events as they happen. */
export function callOf(user: string, n: number): SdkCall {
  const product = { n, product_id: `p${n % 7}`, price: 9.5 };
  switch (n % 5) {
    case 0:
      return { kind: 'page', name: 'Home', properties: { n } };
    case 1:
      return { kind: 'identify', traits: { n } };
    case 2:
      return { kind: 'track', event: 'Product Viewed', properties: product };
    case 3:
      return { kind: 'track', event: 'Product Added', properties: product };
    default: {
      const properties = { ...product, order_id: `${user}-${n}`, revenue: 10 };
      return { kind: 'track', event: 'Order Completed', properties };
    }
  }
}
