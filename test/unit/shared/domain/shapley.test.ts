import fc from 'fast-check';
import { channelsOf, type PathCount } from '../../../../services/shared/domain/paths';
import { shapleyCredits } from '../../../../services/shared/domain/shapley';

const anyPaths = fc.array(
  fc.record({
    path: fc.array(fc.constantFrom('A', 'B', 'C', 'D', 'E'), { minLength: 1, maxLength: 6 }),
    conversions: fc.integer({ min: 0, max: 20 }),
    revenueMinor: fc.integer({ min: 0, max: 100_000 }),
    nulls: fc.nat(5),
    agesMs: fc.constant([]),
  }),
  { minLength: 1, maxLength: 12 },
);

/** The definition: a player's marginal worth, averaged over every order in which players can join. */
function byDefinition(paths: readonly PathCount[], player: string): number {
  const worth = (coalition: ReadonlySet<string>) =>
    paths
      .filter(({ path }) => path.every((channel) => coalition.has(channel)))
      .reduce((sum, { conversions }) => sum + conversions, 0);
  const joinings = permutations(channelsOf(paths));
  const marginals = joinings.map((joining) => {
    const before = new Set(joining.slice(0, joining.indexOf(player)));
    return worth(new Set([...before, player])) - worth(before);
  });
  return marginals.reduce((sum, marginal) => sum + marginal, 0) / joinings.length;
}

function permutations(names: readonly string[]): readonly (readonly string[])[] {
  if (names.length === 0) return [[]];
  return names.flatMap((name) =>
    permutations(names.filter((other) => other !== name)).map((rest) => [name, ...rest]),
  );
}

test('the closed form is the average marginal worth over all orders of joining', () => {
  fc.assert(
    fc.property(anyPaths, (paths) => {
      for (const [channel, { conversions }] of shapleyCredits(paths)) {
        expect(conversions).toBeCloseTo(byDefinition(paths, channel), 9);
      }
    }),
    { numRuns: 50 },
  );
});
