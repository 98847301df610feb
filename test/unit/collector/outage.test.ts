import { createOutageLog } from '../../../services/collector/outage';
import { noon } from '../../support/event-builders';
import { aClock } from '../../support/fake-clock';
import { keepingLog } from '../../support/log-lines';

test('an outage is said every ten seconds, with the requests it met', () => {
  const { log, lines } = keepingLog();
  const clock = aClock(noon);
  const told = createOutageLog(log, clock);
  for (const waitMs of [0, 1000, 8000, 1000, 500]) {
    clock.advance(waitMs);
    told(new Error('no leader'));
  }
  expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
    ['warn', { requests: 1, why: 'no leader' }],
    ['warn', { requests: 3, why: 'no leader' }],
  ]);
});
