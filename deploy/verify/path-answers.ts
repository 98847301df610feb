import { ask, type Rows } from '../summary/api';
import { numbers, readAnswerJson, readAnswers } from './answer-files';
import { type Comparison, compareTables, type Figures, type Table } from './compare';
import type { Verification } from './window-answers';

/** Channels of the sessions before each order, and of those that led to none. */
export async function paths({ answers, api, tenant, traffic }: Verification): Promise<Comparison> {
  const expected = readAnswers(answers, 'main_paths_clean.csv', (row) => [
    row.path ?? '',
    numbers(row, 'total_conversions', 'total_conversion_value', 'total_null'),
  ]);
  interface PathRow {
    readonly path: readonly string[];
    readonly conversions: number;
    readonly revenue: string;
    readonly nulls: number | null;
  }
  const { rows } = await ask<Rows<PathRow>>(api, '/v1/paths', { tenant, traffic });
  const actual = new Map(
    rows.map(({ path, conversions, revenue, nulls }) => [
      path.join(' > '),
      [conversions, Number(revenue), nulls ?? 'none'],
    ]),
  );
  return compareTables('paths', { expected, actual });
}

interface Attribution {
  readonly models: readonly {
    readonly model: string;
    readonly credits: readonly {
      readonly channel: string;
      readonly conversions: number;
      readonly revenue: string;
    }[];
  }[];
  readonly markov?: {
    readonly conversionProbability: number;
    readonly removalEffects: Readonly<Record<string, number>>;
    readonly transitions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

const attributionPath = '/v1/attribution';

/** Every model's credits, and what they add up to. The files are rounded to 6 decimals of an order
 *  and 4 of a dollar, which the tolerance of the revenue leaves room for. */
export async function attribution(verification: Verification): Promise<readonly Comparison[]> {
  const { answers, api, tenant, traffic } = verification;
  const expected = readAnswers(answers, 'main_attribution_clean.csv', (row) => [
    `${row.model} ${row.channel}`,
    numbers(row, 'conversions', 'revenue_usd'),
  ]);
  const { models } = await ask<Attribution>(api, attributionPath, {
    tenant,
    traffic,
    compare: 'all',
  });
  const actual = new Map(
    models.flatMap(({ model, credits }) =>
      credits.map(({ channel, conversions, revenue }) => {
        const figures: Figures = [conversions, Number(revenue)];
        return [`${model} ${channel}`, figures] as const;
      }),
    ),
  );
  const tolerances = [1e-6, 1e-4];
  const options = { tolerances, missingIsZero: true };
  return [
    compareTables('attribution, 8 models', { expected, actual }, options),
    sums(verification, models),
  ];
}

function sums({ answers }: Verification, models: Attribution['models']): Comparison {
  const { orders_dedup: orders, revenue_dedup: revenue } = readAnswerJson<{
    orders_dedup: number;
    revenue_dedup: number;
  }>(answers, 'main_summary.json');
  const names = readAnswers(answers, 'main_attribution_clean.csv', (row) => [row.model ?? '', []]);
  const actual = models.map(({ model, credits }): readonly [string, Figures] => [
    model,
    [
      credits.reduce((sum, credit) => sum + credit.conversions, 0),
      credits.reduce((sum, credit) => sum + Number(credit.revenue), 0),
    ],
  ]);
  return compareTables(
    'attribution, sum of each model',
    {
      expected: new Map([...names.keys()].map((model) => [model, [orders, revenue]])),
      actual: new Map(actual),
    },
    { tolerances: [1e-6, 1e-6] },
  );
}

/** Base probability, removal effects and transitions of the Markov chain. */
export async function markov({ answers, api, tenant, traffic }: Verification): Promise<Comparison> {
  const file = readAnswerJson<{
    readonly p_conv: number;
    readonly removal_effects: Readonly<Record<string, number>>;
    readonly transitions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }>(answers, 'main_markov_clean.json');
  const question = { tenant, traffic, model: 'markov_order1' };
  const answer = (await ask<Attribution>(api, attributionPath, question)).markov;
  if (answer === undefined) throw new Error(`${attributionPath} answers without markov`);
  const expected = chainTable(file.p_conv, file.removal_effects, file.transitions);
  const { conversionProbability, removalEffects, transitions } = answer;
  const actual = chainTable(conversionProbability, removalEffects, transitions);
  const options = { tolerances: [1e-9], missingIsZero: true };
  return compareTables('markov chain', { expected, actual }, options);
}

function chainTable(
  conversion: number,
  removal: Readonly<Record<string, number>>,
  transitions: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Table {
  return new Map<string, Figures>([
    ['conversion probability', [conversion]],
    ...Object.entries(removal).map(([name, effect]) => [`without ${name}`, [effect]] as const),
    ...Object.entries(transitions).flatMap(([from, row]) =>
      Object.entries(row)
        .filter(([, share]) => share !== 0)
        .map(([to, share]) => [`${from} > ${to}`, [share]] as const),
    ),
  ]);
}
