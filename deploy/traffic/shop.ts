export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly brand: string;
  /** Cents. */
  readonly priceMinor: number;
}

export const currency = 'USD';
export const shopName = 'Example Shop';
/** Below one of the demo tenant's own domains. */
export const shopUrl = 'https://www.shop.example';

interface Shelf {
  readonly category: string;
  readonly brands: readonly string[];
  readonly things: readonly string[];
  /** Cheapest and dearest, whole dollars. */
  readonly prices: readonly [number, number];
}

const shelves: readonly Shelf[] = [
  {
    category: 'Bags',
    brands: ['Ostwind', 'Kern & Co', 'Fjell'],
    things: ['Tote', 'Backpack', 'Weekender', 'Belt Bag'],
    prices: [29, 189],
  },
  {
    category: 'Shoes',
    brands: ['Strider', 'Ostwind', 'Palma'],
    things: ['Running Shoe', 'Sneaker', 'Ankle Boot', 'Sandal'],
    prices: [39, 179],
  },
  {
    category: 'Outdoor',
    brands: ['Fjell', 'Northbound', 'Ember'],
    things: ['Rain Jacket', 'Tent', 'Sleeping Bag', 'Trail Lamp'],
    prices: [19, 349],
  },
  {
    category: 'Kitchen',
    brands: ['Messer', 'Casa Lina', 'Hearth'],
    things: ["Chef's Knife", 'Moka Pot', 'Baking Tin', 'Kettle'],
    prices: [9, 129],
  },
  {
    category: 'Games',
    brands: ['Meeple House', 'Nine Tiles', 'Corvid'],
    things: ['Board Game', 'Card Game', 'Puzzle', 'Dice Set'],
    prices: [7, 69],
  },
  {
    category: 'Books',
    brands: ['Lantern Press', 'Quay', 'Corvid'],
    things: ['Novel', 'Cook Book', 'Travel Guide', 'Atlas'],
    prices: [6, 59],
  },
  {
    category: 'Beauty',
    brands: ['Salva', 'Palma', 'Mira'],
    things: ['Face Cream', 'Shampoo', 'Soap Set', 'Sun Screen'],
    prices: [5, 79],
  },
  {
    category: 'Audio',
    brands: ['Tonal', 'Reverb', 'Mono'],
    things: ['Headphones', 'Speaker', 'Record Player', 'Microphone'],
    prices: [25, 449],
  },
  {
    category: 'Garden',
    brands: ['Ember', 'Greenline', 'Hearth'],
    things: ['Watering Can', 'Herb Kit', 'Secateurs', 'Fire Bowl'],
    prices: [8, 219],
  },
  {
    category: 'Toys',
    brands: ['Nine Tiles', 'Kite & Co', 'Mira'],
    things: ['Building Blocks', 'Kite', 'Train Set', 'Plush Bear'],
    prices: [6, 99],
  },
];

const looks = ['Classic', 'Light', 'Nordic'] as const;

const productsByCategory: ReadonlyMap<string, readonly Product[]> = new Map(
  shelves.map((shelf, number) => [shelf.category, stockOf(shelf, number)]),
);

export const categories: readonly string[] = [...productsByCategory.keys()];

/** The products of a category, cheapest first. */
export function productsOf(category: string): readonly Product[] {
  return productsByCategory.get(category) ?? [];
}

/** Every thing in every look, each look by another brand. */
function stockOf({ category, brands, things, prices }: Shelf, number: number): readonly Product[] {
  const [cheapest, dearest] = prices;
  const kinds = looks.flatMap((look, at) => things.map((thing) => ({ look, thing, at })));
  return kinds.map(({ look, thing, at }, place) => {
    const share = place / (kinds.length - 1);
    const dollars = Math.round(cheapest + (dearest - cheapest) * share ** 2);
    const id = `p-${number * 100 + place}`;
    return {
      id,
      sku: `${category.slice(0, 3).toUpperCase()}-${place + 1}`,
      name: `${look} ${thing}`,
      category,
      brand: brands[(place + at) % brands.length] as string,
      priceMinor: dollars * 100 - 10,
    };
  });
}
