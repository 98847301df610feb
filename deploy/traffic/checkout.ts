import { type Act, productFields, sameMomentMs } from './act';
import { currency, type Product, shopName } from './shop';
import type { Visitor } from './visitors';

export interface CheckoutOptions {
  readonly visitor: Visitor;
  readonly orderId: string;
  readonly cart: readonly Product[];
  readonly loggedIn: boolean;
}

/** Share of those who come to each step that take it: of ten carts three become orders, as shops
 *  report. */
const goesOn = { checkout: 0.5, payment: 0.82, order: 0.85 };
const filling = { address: 20_000, card: 25_000, done: 8_000 };
/** Cents, and shares of the goods. */
const terms = { freeShippingFrom: 5_000, shipping: 490, tax: 0.08, discount: 0.1 };
const couponShare = 0.1;
/** One order in fifty is for a hundred of everything: a company's, a mistake or a made-up one, which is
 *  for a person to say. */
const bulk = { share: 0.02, pieces: 100 };

/** From the cart to the order, as far as it goes. */
export class Checkout {
  private loggedIn: boolean;

  constructor(private readonly options: CheckoutOptions) {
    this.loggedIn = options.loggedIn;
  }

  *acts(): Generator<Act, void> {
    const { visitor } = this.options;
    const { draw, userId } = visitor;
    const order = this.order();
    if (!draw.chance(goesOn.checkout)) return;
    yield this.act('track', 'Checkout Started', order, filling.address);
    if (userId !== null && !this.loggedIn) {
      this.loggedIn = true;
      yield this.act('identify', 'identify', { newsletter: draw.chance(0.4) }, sameMomentMs);
    }
    if (!draw.chance(goesOn.payment)) return;
    const { order_id, currency } = order;
    const payment = {
      order_id,
      currency,
      payment_method: draw.pick(['card', 'wallet', 'invoice']),
    };
    yield this.act('track', 'Payment Info Entered', payment, filling.card);
    if (!draw.chance(goesOn.order)) return;
    yield this.act('track', 'Order Completed', order, filling.done);
    if (draw.chance(0.02)) yield this.act('track', 'Order Cancelled', order, filling.done);
  }

  /** Amounts are worked out in cents and sent as decimals, which is what they are read back as. */
  private order() {
    const { cart, orderId, visitor } = this.options;
    const coupon = visitor.draw.chance(couponShare) ? 'WELCOME10' : null;
    const quantity = visitor.draw.chance(bulk.share) ? bulk.pieces : 1;
    const goods = quantity * cart.reduce((sum, { priceMinor }) => sum + priceMinor, 0);
    const discount = coupon === null ? 0 : Math.round(goods * terms.discount);
    const shipping = goods >= terms.freeShippingFrom ? 0 : terms.shipping;
    const revenue = goods - discount;
    const tax = Math.round(revenue * terms.tax);
    return {
      order_id: orderId,
      affiliation: shopName,
      total: (revenue + shipping + tax) / 100,
      revenue: revenue / 100,
      shipping: shipping / 100,
      tax: tax / 100,
      discount: discount / 100,
      ...(coupon === null ? {} : { coupon }),
      currency,
      products: cart.map((product) => ({ ...productFields(product), quantity })),
    };
  }

  private act(
    call: Act['call'],
    name: string,
    properties: Act['properties'],
    medianMs: number,
  ): Act {
    const { loggedIn, options } = this;
    const pauseMs = options.visitor.draw.pauseMs(medianMs);
    return { call, name, properties, path: '/checkout', loggedIn, pauseMs };
  }
}
