import { adviceFor } from '../../../../services/shared/domain/advice';
import { reasons } from '../../../../services/shared/domain/outcome';

test.each(reasons.dead)('%s: a refused event says what would have been right', (reason) => {
  expect(adviceFor(reason)).toMatch(/^[A-Z].{20,}[.]$/s);
});

test('nothing is advised where nothing is wrong, nor for a reason of a newer version', () => {
  expect([...reasons.counted, 'of_tomorrow', 'constructor'].map(adviceFor)).toEqual([
    ...[null, null, null, null, null],
  ]);
});
