import { type Act, productFields, sameMomentMs } from './act';
import type { Arrival } from './arrivals';
import { Checkout } from './checkout';
import { categories, currency, type Product, productsOf } from './shop';
import type { Visitor } from './visitors';

export interface VisitOptions {
  readonly visitor: Visitor;
  readonly arrival: Arrival;
  /** Of the order, should there be one. */
  readonly orderId: string;
}

/** What one visit is made of, from the landing page to the last click. Ends after the pause of the
 *  last act. */
export function visitOf(options: VisitOptions): Generator<Act, void> {
  return options.visitor.crawler === null ? new Visit(options).acts() : crawl(options.visitor);
}

/** Median times on a page. */
const reading = { home: 6_000, list: 9_000, product: 16_000, added: 4_000 };
/** Share of the products looked at that go into the cart, for an average visit and a category of no
 *  special interest. One visit in eight has a cart then, and one in thirty an order: what shops report. */
const addShare = 0.045;

class Visit {
  private readonly cart: Product[] = [];
  private readonly loggedIn: boolean;
  private path = '/';

  constructor(private readonly options: VisitOptions) {
    const { userId, visits, draw } = options.visitor;
    this.loggedIn = userId !== null && visits > 1 && draw.chance(0.5);
  }

  *acts(): Generator<Act, void> {
    const { visitor, orderId } = this.options;
    const { draw, bounces, rounds } = visitor;
    const landed = this.landing();
    yield* landed.acts;
    if (draw.chance(bounces)) return;
    if (landed.product !== null) yield* this.consider(landed.product);
    const most = Math.max(1, Math.round(draw.between(0.5, 1.5) * rounds));
    for (let round = 0; round < most; round += 1) yield* this.round();
    if (this.cart.length === 0) return;
    yield this.track('Cart Viewed', { products: this.cart.map(productFields) }, reading.list);
    const { cart, loggedIn } = this;
    yield* new Checkout({ visitor, orderId, cart, loggedIn }).acts();
  }

  private landing(): { acts: Generator<Act, void>; product: Product | null } {
    const { landing } = this.options.arrival;
    if (landing === 'home') return { acts: this.home(), product: null };
    const category = this.category();
    if (landing === 'category') return { acts: this.list(category), product: null };
    const product = this.productOf(category);
    return { acts: this.look(product), product };
  }

  /** Looks for something, and at what there is. */
  private *round(): Generator<Act, void> {
    const { draw } = this.options.visitor;
    const category = this.category();
    const how = draw.weighted(waysToLook).how;
    if (how === 'search') yield* this.search(category);
    if (how === 'promotion') yield* this.promotion(category);
    if (how !== 'recommended') yield* this.list(category);
    const many = draw.whole(0, 3);
    for (let seen = 0; seen < many; seen += 1) {
      const product = this.productOf(category);
      if (draw.chance(0.5)) {
        yield this.track('Product Clicked', productFields(product), sameMomentMs);
      }
      yield* this.look(product);
      yield* this.consider(product);
    }
  }

  private *home(): Generator<Act, void> {
    this.path = '/';
    yield this.page('Home', {}, reading.home);
  }

  private *search(category: string): Generator<Act, void> {
    const { draw } = this.options.visitor;
    const { name } = draw.pick(productsOf(category));
    const query = draw.chance(0.5) ? category.toLowerCase() : (name.split(' ').at(-1) ?? name);
    this.path = '/search';
    yield this.track('Products Searched', { query: query.toLowerCase() }, sameMomentMs);
  }

  private *promotion(category: string): Generator<Act, void> {
    const promotion = { promotion_id: `deal-${category.toLowerCase()}`, name: `${category} week` };
    yield this.track('Promotion Clicked', { ...promotion, position: 'home' }, sameMomentMs);
  }

  private *list(category: string): Generator<Act, void> {
    const { draw } = this.options.visitor;
    this.path = `/c/${category.toLowerCase()}`;
    yield this.page('Category', { category }, sameMomentMs);
    const stock = productsOf(category);
    const first = draw.whole(0, stock.length - 4);
    const products = stock.slice(first, first + 4).map(productFields);
    yield this.track(
      'Product List Viewed',
      { list_id: category, category, products },
      reading.list,
    );
  }

  private *look(product: Product): Generator<Act, void> {
    this.path = `/p/${product.id}`;
    yield this.page('Product', {}, sameMomentMs);
    yield this.track('Product Viewed', { ...productFields(product), currency }, reading.product);
  }

  /** Into the cart, onto the list of wishes, or back on the shelf. */
  private *consider(product: Product): Generator<Act, void> {
    const { visitor, arrival } = this.options;
    const { draw, tastes } = visitor;
    const fields = { ...productFields(product), quantity: 1, currency };
    const liking = tastes.includes(product.category) ? 1.5 : 0.7;
    if (draw.chance(addShare * liking * arrival.buying)) {
      this.cart.push(product);
      yield this.track('Product Added', fields, reading.added);
      if (!draw.chance(0.12)) return;
      this.cart.pop();
      yield this.track('Product Removed', fields, reading.added);
    } else if (draw.chance(0.03)) {
      yield this.track('Product Added to Wishlist', fields, reading.added);
    }
  }

  private category(): string {
    const { draw, tastes } = this.options.visitor;
    return tastes.length > 0 && draw.chance(0.8) ? draw.pick(tastes) : draw.pick(categories);
  }

  private productOf(category: string): Product {
    return this.options.visitor.draw.pick(productsOf(category));
  }

  private page(name: string, properties: Act['properties'], medianMs: number): Act {
    return this.act('page', name, properties, medianMs);
  }

  private track(name: string, properties: Act['properties'], medianMs: number): Act {
    return this.act('track', name, properties, medianMs);
  }

  private act(
    call: Act['call'],
    name: string,
    properties: Act['properties'],
    medianMs: number,
  ): Act {
    const { path, loggedIn } = this;
    const pauseMs = this.options.visitor.draw.pauseMs(medianMs);
    return { call, name, properties, path, loggedIn, pauseMs };
  }
}

const waysToLook = [
  { how: 'list', weight: 60 },
  { how: 'search', weight: 20 },
  { how: 'promotion', weight: 8 },
  { how: 'recommended', weight: 12 },
] as const;

/** Page after page at a steady pace, in the order of the shelves, and never into the cart. */
function* crawl({ draw, tastes }: Visitor): Generator<Act, void> {
  const stock = tastes.flatMap(productsOf).slice(0, draw.whole(4, 24));
  const common = { loggedIn: false };
  for (const product of stock) {
    const path = `/p/${product.id}`;
    yield { ...common, call: 'page', name: 'Product', properties: {}, path, pauseMs: sameMomentMs };
    const properties = { ...productFields(product), currency };
    const pauseMs = draw.between(1_000, 3_000);
    yield { ...common, call: 'track', name: 'Product Viewed', properties, path, pauseMs };
  }
}
