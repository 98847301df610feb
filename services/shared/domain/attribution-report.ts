import { type AttributionModel, attribute } from './attribution';
import { decimalText, exactShares, placesOf } from './decimal';
import { type MarkovModel, markovModel } from './markov';
import { type Credit, type PathCount, totalOf } from './paths';

/** A path's counts in one currency; '' for paths without an order and orders that name none. */
export interface PathInCurrency extends PathCount {
  readonly currency: string;
}

export interface ChannelCredit {
  readonly channel: string;
  readonly conversions: number;
  /** Decimal amount. */
  readonly revenue: string;
}

/** What one model gives for in one currency. */
export interface ModelCredits {
  readonly model: AttributionModel;
  readonly currency: string;
  /** They add up to `conversions` and `revenue` digit by digit. */
  readonly credits: readonly ChannelCredit[];
  readonly conversions: number;
  readonly revenue: string;
}

/** Decimals of credits: of conversions, and of revenue beyond its minor unit. */
const conversionPlaces = 12;
const placesBeyondMinor = 10;

export interface AttributionReport {
  readonly models: readonly ModelCredits[];
  /** Null where the Markov model was not asked for. */
  readonly markov: MarkovModel | null;
}

/** Credits of the models, in the tenant's currency first; orders in other currencies have credits of
 *  their own. The Markov chain is that of all paths. */
export function attributionReport(
  models: readonly AttributionModel[],
  paths: readonly PathInCurrency[],
  currency: string,
): AttributionReport {
  const chain = models.includes('markov_order1') ? markovModel(paths) : null;
  const own = paths.filter((row) => row.currency === currency || row.currency === '');
  const others = [...new Set(paths.map((row) => row.currency))]
    .filter((other) => other !== '' && other !== currency)
    .sort();
  const parts = [
    { currency, rows: own },
    ...others.map((other) => ({
      currency: other,
      rows: paths.filter((row) => row.currency === other),
    })),
  ];
  return {
    markov: chain,
    models: parts.flatMap((part) =>
      models.map((model) =>
        printed(model, part.currency, {
          credits: attribute(model, part.rows, chain ?? undefined),
          total: totalOf(part.rows),
        }),
      ),
    ),
  };
}

function printed(
  model: AttributionModel,
  currency: string,
  { credits, total }: { credits: ReadonlyMap<string, Credit>; total: Credit },
): ModelCredits {
  const channels = [...credits.keys()].sort();
  const shares = (of: (credit: Credit) => number, places: number) =>
    exactShares(
      channels.map((channel) => of(credits.get(channel) as Credit)),
      of(total),
      places,
    );
  const conversions = shares((credit) => credit.conversions, conversionPlaces);
  const revenue = shares((credit) => credit.revenueMinor, placesBeyondMinor);
  const places = placesOf(currency);
  return {
    model,
    currency,
    credits: channels.map((channel, at) => ({
      channel,
      conversions: Number(decimalText(conversions[at] ?? 0n, conversionPlaces)),
      revenue: decimalText(revenue[at] ?? 0n, places + placesBeyondMinor),
    })),
    conversions: total.conversions,
    revenue: decimalText(BigInt(total.revenueMinor), places),
  };
}
