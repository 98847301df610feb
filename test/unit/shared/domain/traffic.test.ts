import { outcomes } from '../../../../services/shared/domain/outcome';
import { outcomesOf, trafficKinds } from '../../../../services/shared/domain/traffic';

test('each kind of traffic holds the one before it, and none holds what must not be seen', () => {
  const kinds = trafficKinds.map(outcomesOf);
  expect(kinds.map((kind) => kind.length)).toEqual([1, 3, 5]);
  expect(kinds[2]).toEqual(expect.arrayContaining([...(kinds[1] ?? []), ...(kinds[0] ?? [])]));
  const never = outcomes.filter((outcome) => !kinds[2]?.includes(outcome));
  expect(never).toEqual(['duplicate', 'dead', 'erased']);
});
