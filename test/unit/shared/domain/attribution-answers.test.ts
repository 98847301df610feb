import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { attribute, attributionModels } from '../../../../services/shared/domain/attribution';
import { markovModel } from '../../../../services/shared/domain/markov';
import { type PathCount, totalOf } from '../../../../services/shared/domain/paths';

const folder = join(process.env.TRIBUTARY_DATA_DIR ?? '../shared/data', 'ga4/answers');
const present = existsSync(folder);
if (!present) console.info(`no real data at ${folder}: the comparison with it does not run here`);

const lines = (file: string) =>
  parse<Record<string, string>>(readFileSync(join(folder, file)), { columns: true });

function realPaths(): readonly PathCount[] {
  return lines('main_paths_clean.csv').map((line) => ({
    path: String(line.path).split(' > '),
    conversions: Number(line.total_conversions),
    revenueMinor: Math.round(Number(line.total_conversion_value) * 100),
    nulls: Number(line.total_null),
    agesMs: [],
  }));
}

(present ? describe : describe.skip)('a real shop’s month', () => {
  test('every model agrees with credits that were computed independently', () => {
    const paths = realPaths();
    expect(totalOf(paths)).toEqual({ conversions: 972, revenueMinor: 5_616_100 });
    const answers = lines('main_attribution_clean.csv');
    for (const model of attributionModels.filter((name) => name !== 'time_decay_7d')) {
      const wanted = answers.filter((line) => line.model === model);
      const credits = attribute(model, paths);
      expect([...credits.keys()].sort()).toEqual(wanted.map((line) => line.channel).sort());
      for (const { channel, conversions, revenue_usd } of wanted) {
        const credit = credits.get(String(channel));
        // The answers are rounded to 6 decimals, their revenue to 4.
        expect(Math.abs(Number(credit?.conversions) - Number(conversions))).toBeLessThan(1e-6);
        expect(Math.abs(Number(credit?.revenueMinor) / 100 - Number(revenue_usd))).toBeLessThan(
          1e-4,
        );
      }
    }
  });

  test('the Markov chain agrees state by state', () => {
    const answer = JSON.parse(readFileSync(join(folder, 'main_markov_clean.json'), 'utf8'));
    const model = markovModel(realPaths());
    expect(model.conversionProbability).toBeCloseTo(answer.p_conv, 12);
    expect([...model.removalEffects.keys()].sort()).toEqual(
      Object.keys(answer.removal_effects).sort(),
    );
    for (const [channel, effect] of model.removalEffects) {
      expect(effect).toBeCloseTo(answer.removal_effects[channel], 9);
    }
    for (const [state, row] of model.transitions) {
      expect([...row.keys()].sort()).toEqual(Object.keys(answer.transitions[state]).sort());
      for (const [next, chance] of row) {
        expect(chance).toBeCloseTo(answer.transitions[state][next], 12);
      }
    }
  });
});
