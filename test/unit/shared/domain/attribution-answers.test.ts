import { parse } from 'csv-parse/sync';
import { attribute, attributionModels } from '../../../../services/shared/domain/attribution';
import { markovModel } from '../../../../services/shared/domain/markov';
import { type PathCount, totalOf } from '../../../../services/shared/domain/paths';
import { describeWithData } from '../../../support/real-data';

const linesOf = (text: string) => parse<Record<string, string>>(text, { columns: true });

function pathsOf(text: string): readonly PathCount[] {
  return linesOf(text).map((line) => ({
    path: String(line.path).split(' > '),
    conversions: Number(line.total_conversions),
    revenueMinor: Math.round(Number(line.total_conversion_value) * 100),
    nulls: Number(line.total_null),
    agesMs: [],
  }));
}

describeWithData('ga4/answers/main_paths_clean.csv', (file) => {
  test('the paths are those of every order and of every user without one', () => {
    expect(totalOf(pathsOf(file.text()))).toEqual({ conversions: 972, revenueMinor: 5_616_100 });
  });

  describeWithData('ga4/answers/main_attribution_clean.csv', (answers) => {
    const models = attributionModels.filter((model) => model !== 'time_decay_7d');

    test.each(models)('%s agrees with credits that were computed independently', (model) => {
      const wanted = linesOf(answers.text()).filter((line) => line.model === model);
      const credits = attribute(model, pathsOf(file.text()));
      expect([...credits.keys()].sort()).toEqual(wanted.map((line) => line.channel).sort());
      for (const { channel, conversions, revenue_usd } of wanted) {
        const credit = credits.get(String(channel));
        // The answers are rounded to 6 decimals, their revenue to 4.
        expect(Math.abs(Number(credit?.conversions) - Number(conversions))).toBeLessThan(1e-6);
        const revenue = Number(credit?.revenueMinor) / 100;
        expect(Math.abs(revenue - Number(revenue_usd))).toBeLessThan(1e-4);
      }
    });
  });

  describeWithData('ga4/answers/main_markov_clean.json', (answers) => {
    test('the Markov chain agrees state by state', () => {
      const answer = JSON.parse(answers.text());
      const model = markovModel(pathsOf(file.text()));
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
});
