import type { Product } from './shop';

/** One call of the SDK, and how long it is until the next. */
export interface Act {
  readonly call: 'page' | 'track' | 'identify';
  /** Of the page, or of the event. */
  readonly name: string;
  /** Of identify: the traits. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The page it happens on. */
  readonly path: string;
  /** Whether they have said who they are. */
  readonly loggedIn: boolean;
  /** Life's pace, milliseconds. */
  readonly pauseMs: number;
}

/** The SDK sends the event of a page right after the page itself. */
export const sameMomentMs = 40;

/** A product as the Segment e-commerce spec names its parts. */
export function productFields({ id, sku, name, category, brand, priceMinor }: Product) {
  return { product_id: id, sku, name, category, brand, price: priceMinor / 100 };
}
