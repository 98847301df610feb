import { Board } from '../../../../deploy/panel/board';

const board = () => new Board('ann', [], 0);

test('one fault a service: that it is down says all about its answers', () => {
  const own = board();
  own.heardFrom('insights /v1/ledger', 'cannot be reached (ECONNREFUSED)', 10);
  own.heardFrom('interests /metrics', 'HTTP 500', 11);
  expect(own.view(20).faults.map(({ what }) => what)).toEqual([
    'insights /v1/ledger',
    'interests /metrics',
  ]);
  own.heardFrom('insights', 'cannot be reached (ECONNREFUSED)', 12);
  expect(own.view(20).faults.map(({ what }) => what)).toEqual(['interests /metrics', 'insights']);
});

test('a fault keeps its first time until the service answers, and the figures stay', () => {
  const own = board();
  own.takeFunnel([{ step: 'product_viewed', entered: 3 }]);
  own.heardFrom('insights', 'not ready', 10);
  own.heardFrom('insights', 'cannot be reached', 20);
  expect(own.view(30).faults).toEqual([{ what: 'insights', since: 10, why: 'cannot be reached' }]);
  expect(own.view(30).funnel).toEqual([{ step: 'product_viewed', entered: 3 }]);
  own.heardFrom('insights', null, 40);
  expect(own.view(50).faults).toEqual([]);
});

test('readings become trends', () => {
  const own = board();
  for (let second = 0; second <= 3; second += 1) {
    own.takeReceived(second * 50, second * 1000);
    own.takeTags(new Map([['bags', second]]), second * 1000);
  }
  const view = own.view(4000);
  expect(view.rate.perSecond).toBeCloseTo(50);
  expect(view.followed).toEqual({
    id: 'ann',
    profile: null,
    tags: [{ tag: 'bags', weight: 3, change: 3 }],
  });
});

test('of the notes the latest twenty are kept', () => {
  const own = board();
  for (let number = 1; number <= 25; number += 1) own.note(`note ${number}`);
  expect(own.view(0).notes).toHaveLength(20);
  expect(own.view(0).notes.at(-1)).toBe('note 25');
});
